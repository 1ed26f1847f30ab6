"""The tables that readers see: which rows of which dataset, in which columns, as HTML with every cell escaped."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup, escape

from build_scripts import resistance_tables, words
from build_scripts.columns import Column, Page, View, linked, listed, names
from build_scripts.ledger import Event, Readout
from build_scripts.long_tables import FIRST, LONG, Cell
from build_scripts.review import Review
from build_scripts.row import Row
from build_scripts.rows import ApprovalRow, TrialRow
from build_scripts.rows import rows_of as dataset_rows
from build_scripts.scalars import NCT
from build_scripts.sources import PrintedRow


def _owner(page: Page, row: ApprovalRow) -> list[str]:
    return names(page.review, *(("combination", [row.combination]) if row.combination else ("agent", row.agents[:1])))


def _use_cancers(page: Page, row: ApprovalRow) -> list[str]:
    return names(page.review, "cancer", (row.cancer, *row.also_in))


def regimen(page: Page, row: ApprovalRow) -> Markup:
    """What is given, linked to its owner, with the label's detail of the partners."""
    owner = page.link("combination", row.combination) if row.combination else page.link("agent", row.agents[0])
    return owner + (Markup(' <span class="detail">{}</span>').format(row.regimen) if row.regimen else Markup(""))


def _population(page: Page, row: ApprovalRow) -> Markup:
    marker = Markup(' <span class="marker">{}</span>').format(row.biomarker) if row.biomarker else Markup("")
    return escape(words.capital(row.population)) + marker


def setting(review: Review, stage: str, line: str) -> str:
    """The stage of care with its line, where it has one, in readable words."""
    said = [
        (known.name if (known := review.vocabularies[name].get(term)) else None) or term
        for name, term in (("settings", stage), ("lines", line))
        if term != "not-applicable"
    ]
    return ", ".join(said)


def _setting(page: Page, row: ApprovalRow) -> str:
    return words.capital(setting(page.review, row.setting, row.line))


def _event_mark(page: Page, event: Any) -> Markup:
    return page.sourced(event.source, event.checked)


def _since(page: Page, row: ApprovalRow) -> Markup:
    first = next((e for e in row.events if e.event == "approved"), row.events[0])
    return Markup('<time datetime="{0}">{0}</time> ').format(row.approved_on) + _event_mark(page, first)


def _status(page: Page, row: ApprovalRow) -> Markup:
    changes = [e for e in row.events if e.event not in ("approved",)]
    said = [
        Markup('<span class="status {0}">{1} {2}</span> {3}{4}').format(
            e.event,
            e.event,
            e.date,
            _event_mark(page, e),
            Markup(' <span class="detail">{}</span>').format(e.reason or e.detail) if e.reason or e.detail else "",
        )
        for e in changes
    ]
    path = Markup('<span class="pathway">{}</span>').format(f"{row.pathway} approval")
    return Markup("<br>").join([path, *said])


def _withdrawn(page: Page, row: ApprovalRow) -> Markup:
    last = row.events[-1]
    return Markup('<time datetime="{0}">{0}</time> ').format(last.date) + _event_mark(page, last)


def _reason(page: Page, row: ApprovalRow) -> Markup:
    last = row.events[-1]
    said = escape(last.reason or last.detail or "not recorded")
    return said + (
        Markup(" Trials: ") + listed([page.link("trial", str(id)) for id in last.trials]) if last.trials else ""
    )


def _trials(page: Page, row: Any) -> Markup:
    why = getattr(row, "no_trial", None)
    if not row.trials and why:
        return Markup('<span class="detail">none: {}</span>').format(why)
    return listed([page.link("trial", id) for id in row.trials])


def value(readout: Readout) -> str:
    """A read-out's value with its interval and p, as printed."""
    unit = {"%": " %", "ratio": ""}.get(readout.unit, f" {readout.unit}")
    said = f"{readout.value}{unit}"
    if readout.ci:
        said += f" ({readout.ci.level} % CI {readout.ci.low} to {readout.ci.high})"
    return f"{said}, p {readout.p if readout.p[0] in '<>≤≥' else '= ' + readout.p}" if readout.p else said


def _readout(page: Page, row: TrialRow) -> Markup | str:
    return Markup("<br>").join(
        escape(f"{words.capital(r.endpoint)}{', ' + r.measure if r.measure != 'rate' else ''}: {value(r)}")
        for r in row.readouts[:2]
    ) or Markup('<span class="detail">none recorded</span>')


def _trial_status(page: Page, row: TrialRow) -> str:
    when = f" ({row.status_as_of})" if row.status_as_of else " (undated copy)"
    return words.status(row.status) + (when if row.status else "")


def _checked(page: Page, row: Row) -> Markup:
    if row.verified:
        return Markup('<span class="ok">checked</span>')
    return Markup('<span class="unverified">unverified in part</span>')


def _says(page: Page, row: Any) -> Markup:
    return Markup("<br>").join(
        Markup("{}: “{}”").format(
            reviews[s.who].name if s.who in (reviews := page.review.reviews) else s.who, s.as_printed
        )
        for s in row.says
    )


COLUMNS = {
    "agent": Column("Agent", lambda page, row: page.link("agent", row.id)),
    "agents": linked("Agents", "agent", "agents"),
    "applicant": Column("Applicant", lambda page, row: row.applicant or "–"),
    "approvals": Column(
        "Uses in force",
        lambda page, row: str(
            sum(use.approval.status == "in force" for use in page.review.concerning.get(("agent", row.id), ()))
        ),
    ),
    "brands": Column("Brand", lambda page, row: ", ".join(row.brands) or "–"),
    "cancer": Column(
        "Cancer",
        lambda page, row: listed([page.link("cancer", id) for id in (row.cancer, *row.also_in)]),
        _use_cancers,
    ),
    "cancer record": Column("Cancer", lambda page, row: page.link("cancer", row.id)),
    "cancers": linked("Cancers", "cancer", "cancers"),
    "checked": Column("Checked", _checked),
    "class": Column("Class", lambda page, row: row.class_),
    "antibody class": Column("Antibody", lambda page, row: row.antibody_class or row.modality),
    "combination": Column("Combination", lambda page, row: page.link("combination", row.id)),
    "correction": Column("Matter", lambda page, row: page.link("correction", row.id)),
    "elsewhere": Column("Approved elsewhere", lambda page, row: ", ".join(row.elsewhere) or "not known"),
    "first": Column("First FDA approval", lambda page, row: row.first_fda_approval or "–"),
    "holds": Column("What holds", lambda page, row: row.holds),
    "in force": Column(
        "Uses in force / all",
        lambda page, row: (
            f"{sum(page.review.uses[a].approval.status == 'in force' for a in row.approvals)} / {len(row.approvals)}"
        ),
    ),
    "kind": Column("Kind", lambda page, row: row.kind),
    "phase": Column("Phase", lambda page, row: words.phases(row.phase)),
    "population": Column("For whom", _population),
    "product": Column("One product", lambda page, row: row.fixed_dose.brand if row.fixed_dose else "–"),
    "readouts": Column("Pivotal read-out", _readout),
    "detail": Column("With", lambda page, row: row.regimen or "–"),
    "reason": Column("Why", _reason),
    "regimen": Column("Regimen", regimen, _owner),
    "says": Column("Who says what", _says),
    "setting": Column("Setting", _setting),
    "since": Column("Since", _since, lambda page, row: [row.approved_on[:4]]),
    "status": Column(
        "Approval",
        _status,
        lambda page, row: [f"{row.pathway} approval", *sorted({e.event for e in row.events} - {"approved"})],
    ),
    "symbol": Column("Gene", lambda page, row: row.symbol),
    "target": Column("Target", lambda page, row: page.link("target", row.id)),
    "targets": linked("Target", "target", "targets"),
    "trial": Column("Trial", lambda page, row: page.link("trial", row.id)),
    "trial status": Column("Status (as of)", _trial_status, lambda page, row: [words.status(row.status)]),
    "trials": Column("Trials", _trials),
    "trial count": Column("Trials", lambda page, row: str(len(row.trials))),
    "withdrawn": Column("Withdrawn", _withdrawn, lambda page, row: [row.events[-1].date[:4]]),
    **resistance_tables.COLUMNS,
}

READOUT_COLUMNS = (
    Column("Endpoint", lambda page, r: words.capital(r.endpoint) + (f" ({r.population})" if r.population else "")),
    Column("Result", lambda page, r: f"{words.capital(r.measure)} {value(r)}"),
    Column("Arms", lambda page, r: " against ".join(r.arms)),
    Column(
        "Analysis",
        lambda page, r: ", ".join(filter(None, (r.analysis, r.follow_up, r.data_cut and f"data of {r.data_cut}"))),
    ),
    Column("Outcome", lambda page, r: Markup('<span class="outcome {0}">{0}</span>').format(r.outcome)),
    Column("Source", lambda page, r: page.sourced(r.source, r.checked)),
)
"""The read-outs of one trial."""


@dataclass(frozen=True)
class Result:
    """One read-out with the trial that gave it."""

    id: str
    trial: TrialRow
    readout: Readout


def negative_results(trials: Iterable[TrialRow]) -> list[Result]:
    """Every read-out that missed its aim, by the name of its trial."""
    found = [Result(f"{t.id}-{r.id}", t, r) for t in trials for r in t.readouts if r.outcome == "negative"]
    return sorted(found, key=lambda r: ((r.trial.acronym or r.trial.title).casefold(), r.id))


NEGATIVE_COLUMNS = (
    Column("Trial", lambda page, r: page.link("trial", r.trial.id)),
    Column("Cancers", lambda page, r: listed([page.link("cancer", str(id)) for id in r.trial.cancers])),
    Column("Endpoint", lambda page, r: words.capital(r.readout.endpoint)),
    Column("Result", lambda page, r: f"{words.capital(r.readout.measure)} {value(r.readout)}"),
    Column("Arms", lambda page, r: " against ".join(r.readout.arms)),
    Column("Source", lambda page, r: page.sourced(r.readout.source, r.readout.checked)),
)
"""The read-outs that missed their aim."""


def _became(page: Page, row: Any) -> Markup:
    found = [
        page.link("approval", id) + Markup(' <span class="status {0}">{0}</span>').format(use.approval.status)
        for id in row.borne_out_by
        if (use := page.review.uses.get(str(id)))
    ]
    wrong = [
        page.link("correction", str(id)) + Markup(' <span class="status">correction</span>') for id in row.corrections
    ]
    return Markup("<br>").join([*found, *wrong])


def _printed_trials(page: Page, row: Any) -> Markup:
    cells = []
    for printed in row.trials:
        number = NCT.search(printed)
        cells.append(page.link("trial", number[0], printed) if number else escape(printed))
    return Markup("<br>").join(cells)


PRINTED_COLUMNS = (
    Column("Place", lambda page, r: f"{r.table}, row {r.row}"),
    Column("Agent", lambda page, r: r.agent),
    Column("Cancer", lambda page, r: r.cancer),
    Column("Trials", _printed_trials),
    Column("Today", _became),
)
"""The printed rows of a source review."""


@dataclass(frozen=True)
class Action:
    """One action of a regulator, with the use it changed."""

    use: ApprovalRow
    event: Event

    @property
    def id(self) -> str:
        """The use, the day and what was done."""
        return f"{self.use.id}-{self.event.date}-{self.event.event}"


def actions(uses: Iterable[ApprovalRow]) -> list[Action]:
    """Every action on some uses, newest first."""
    found = [Action(use, event) for use in uses for event in use.events]
    return sorted(found, key=lambda a: (a.event.date, a.use.id, a.event.event), reverse=True)


ACTION_COLUMNS = (
    Column("Day", lambda page, a: Markup('<time datetime="{0}">{0}</time>').format(a.event.date)),
    Column("Action", lambda page, a: Markup('<span class="status {0}">{0}</span>').format(a.event.event)),
    Column("Regimen", lambda page, a: regimen(page, a.use), lambda page, a: _owner(page, a.use)),
    Column(
        "Cancer",
        lambda page, a: listed([page.link("cancer", id) for id in (a.use.cancer, *a.use.also_in)]),
        lambda page, a: _use_cancers(page, a.use),
    ),
    Column("Setting", lambda page, a: _setting(page, a.use)),
    Column(
        "What changed",
        lambda page, a: (
            a.event.detail or a.event.reason or ("–" if a.event.event != "approved" else f"{a.use.pathway} approval")
        ),
    ),
    Column("Source", lambda page, a: page.sourced(a.event.source, a.event.checked)),
)
"""The regulator's actions."""

_USE = ("setting", "population", "since", "status", "trials")

VIEWS = {
    "agents": View(
        "agents",
        "Checkpoint inhibitors",
        ("agent", "brands", "targets", "antibody class", "first", "approvals", "checked"),
        keep=lambda row: row.first_fda_approval is not None,
        order=lambda row: (row.first_fda_approval or "9999", row.id),
    ),
    "approvals": View(
        "approvals",
        "Uses in force",
        ("regimen", "cancer", *_USE),
        keep=lambda row: row.status == "in force",
        order=lambda row: (row.approved_on, row.id),
        newest_first=True,
    ),
    "approvals withdrawn": View(
        "approvals",
        "Uses withdrawn",
        ("regimen", "cancer", "setting", "population", "since", "withdrawn", "reason", "trials"),
        keep=lambda row: row.status == "withdrawn",
        order=lambda row: (row.status_date, row.id),
        newest_first=True,
    ),
    "approvals narrowed": View(
        "approvals",
        "Uses narrowed and still in force",
        ("regimen", "cancer", *_USE),
        keep=lambda row: row.status == "in force" and any(e.event == "narrowed" for e in row.events),
        order=lambda row: (row.status_date, row.id),
        newest_first=True,
    ),
    "approved combinations": View(
        "approvals",
        "Approved combinations, uses in force",
        ("regimen", "cancer", *_USE),
        keep=lambda row: row.status == "in force" and row.combination is not None,
        order=lambda row: (row.cancer, row.approved_on, row.id),
    ),
    "agents not approved": View(
        "agents",
        "Checkpoint inhibitors that the FDA has not approved",
        ("agent", "targets", "antibody class", "elsewhere", "checked"),
        keep=lambda row: row.first_fda_approval is None,
    ),
    "cancers": View("cancers", "Cancers", ("cancer record", "in force", "trial count")),
    "combinations": View(
        "combinations", "Combinations", ("combination", "class", "cancers", "product", "in force"),
        order=lambda row: (row.class_, row.id),
    ),
    "corrections": View("corrections", "Corrections", ("correction", "kind", "says", "holds")),
    "targets": View("targets", "Targets", ("target", "symbol", "agents")),
    "trials": View(
        "trials",
        "Trials",
        ("trial", "phase", "cancers", "agents", "readouts", "trial status"),
        order=lambda row: ((row.acronym or row.title).casefold(), row.id),
    ),
    **resistance_tables.VIEWS,
}  # fmt: skip
"""What `{{ table('...') }}` can show; any field of the dataset can be a filter."""


def rows_of(review: Review, view: View, filters: dict[str, str]) -> list[Any]:
    """The rows of a view that pass the filters, in the view's order."""
    kept = [row for row in dataset_rows(review, view.dataset) if view.keep(row) and _passes(row, filters)]
    return sorted(kept, key=view.order, reverse=view.newest_first)


def _passes(row: Any, filters: dict[str, str]) -> bool:
    for name, wanted in filters.items():
        field = next(f for f, info in type(row).model_fields.items() if name in (f, info.alias))
        found = getattr(row, field)
        values = found if isinstance(found, tuple) else (found,)
        if wanted not in [str(value).lower() if isinstance(value, bool) else str(value) for value in values]:
            return False
    return True


def html(
    page: Page,
    caption: str,
    columns: Sequence[str | Column],
    rows: Sequence[Any],
    searched: bool = False,
    within: str = "",
) -> Markup:
    """A table as HTML: caption, header scope, the first cell of a row as its header, every cell escaped."""
    chosen = [COLUMNS[c] if isinstance(c, str) else c for c in columns]
    titles = [c.title for c in chosen]
    made = [(page.anchor(row, within), [_cell(page, column, row) for column in chosen]) for row in rows]
    name = page.place(f"table-{words.slug(caption)}")
    more = source = early = Markup("")
    if len(made) > LONG and (aside := page.set_aside(name, caption, chosen, rows, made)):
        made = made[:FIRST]
        feed = page.url(aside.json)
        source = Markup(' data-rows="{}"').format(feed)
        early = Markup('<link rel="preload" as="fetch" crossorigin href="{}">').format(feed)
        more = Markup(
            '<p class="table-whole">The first {} rows; <a href="{}">all {} on one plain page</a>.</p>'
        ).format(FIRST, page.url(aside.plain), words.number(len(rows)))
    labels = [f'<td data-label="{escape(title)}"' for title in titles[1:]]
    head = Markup("".join(f'<th scope="col">{escape(title)}</th>' for title in titles))
    body = Markup("\n".join(_row(labels, anchor, cells) for anchor, cells in made))
    hidden = Markup("") if searched else Markup(" data-search-exclude")
    return Markup(
        '<div class="facts" id="{5}" role="region" aria-label="{0}" tabindex="0"{3}{4}><table class="facts-table">'
        "<caption>{0}</caption><thead><tr>{1}</tr></thead><tbody>\n{2}\n</tbody></table>{7}</div>{6}"
    ).format(caption, head, body, hidden, source, name, more, early)


def _cell(page: Page, column: Column, row: Any) -> Cell:
    said = escape(column.cell(page, row))
    facets = tuple(column.facets(page, row)) if column.facets else ()
    if len(facets) == 1 and said.count("<") <= 2 and said.endswith((f">{escape(facets[0])}</a>", escape(facets[0]))):
        facets = ()  # the text says it already
    return Cell(said, column.sort and column.sort(row), facets)


def _row(labels: Sequence[str], anchor: str | None, cells: Sequence[Cell]) -> str:
    # Joined by hand: Markup.format would be half of the time that the whole site takes to render.
    first, *others = cells
    start = f'<tr id="{escape(anchor)}">' if anchor else "<tr>"
    said = "".join(f"{label}{_data(cell)}>{cell.html}</td>" for label, cell in zip(labels, others, strict=True))
    return f'{start}<th scope="row"{_data(first)}>{first.html}</th>{said}</tr>'


def _data(cell: Cell) -> str:
    if not cell.sort and not cell.facets:
        return ""
    return "".join(f' data-{name}="{escape(value)}"' for name, value in cell.attributes.items())


def row_name(row: Any) -> str | None:
    """What a row is called in its anchor: its id, or the place where it was printed."""
    if isinstance(row, PrintedRow):
        return f"{words.slug(row.table)}-{row.row}"
    return getattr(row, "id", None)
