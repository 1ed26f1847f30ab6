"""Jinja templates and prose -> every page of the site as Markdown; the templates arrange, this module decides."""

from __future__ import annotations

import json
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import count, groupby
from typing import Any
from urllib.parse import urlsplit

from jinja2 import DictLoader, Environment, StrictUndefined
from markupsafe import Markup, escape

from build_scripts import (
    changelog,
    cite,
    citing,
    coverage,
    downloads,
    exports,
    figures,
    freshness,
    glance,
    gloss,
    ledger_figures,
    linked_data,
    moved,
    resistance_rows,
    resistance_tables,
    tables,
    words,
)
from build_scripts.ledger import Approval
from build_scripts.links import FOLDER, PARTS_OF_PAGES, SERVED, Addresses, anchor_of, follows, page_of, use_anchor
from build_scripts.long_tables import LongTable, feed
from build_scripts.model import KINDS
from build_scripts.prose import Block, Citation, Prose, RecordLink, Words
from build_scripts.record import Basis, Checked
from build_scripts.resistance import Account, Concept, Family, Statement
from build_scripts.resistance_rows import EvidenceRow
from build_scripts.review import CONTENT, Named, Review, Use
from build_scripts.row import SCHEMA_VERSION
from build_scripts.rows import COUNTS, DATASETS, ApprovalRow, TrialRow, by_id

INDEXES = {
    "agents": "Checkpoint inhibitors",
    "approvals": "Approved uses",
    "biomarkers": "Biomarkers",
    "cancers": "Cancers",
    "combinations": "Approved combinations",
    "concepts": "Basics",
    "corrections": "Corrections",
    "disagreements": "Disagreements",
    "families": "Families of mechanisms and strategies",
    "glossary": "Glossary",
    "interventions": "Interventions beside checkpoint inhibitors",
    "mechanisms": "Mechanisms of resistance",
    "references": "References",
    "reviews": "Source reviews",
    "searches": "Searches",
    "strategies": "Strategies against resistance",
    "targets": "Targets",
    "trials": "Trials",
}
"""The list page of each folder, with its title."""


@dataclass
class Page:
    """One page while it is being written: it makes the links, numbers the citations and remembers the checks."""

    review: Review
    path: str
    addresses: Addresses
    cited: list[str] = field(default_factory=list)
    explained: set[str] = field(default_factory=set)
    places: set[str] = field(default_factory=set)
    long: list[LongTable] = field(default_factory=list)
    whole: bool = False
    """Whether it must hold its tables whole, however long they are."""

    def url(self, to: str, anchor: str = "") -> str:
        """The relative address of a page or file of the site."""
        return self.addresses.between(self.path, to, anchor)

    def link(self, kind: str, id: str, text: str | None = None) -> Markup:
        """A link to a record, or its bare name where it has no page of its own."""
        place = self.review.derived(_places).get((kind, id))
        if place is None:
            return Markup('<span class="missing">{}</span>').format(text or id)
        name, to, anchor = place
        return _anchored(self.url(to, anchor), text or name)

    def link_address(self, kind: str, id: str) -> str:
        """The relative address of a record."""
        return self.url(page_of(kind, id), anchor_of(kind, id))

    def links(self, kind: str, ids: Any) -> Markup:
        """Links to several records of a kind."""
        return tables.listed([self.link(kind, str(id)) for id in ids])

    def cite(self, key: str) -> Markup:
        """A numbered citation with the reference on hover and focus, and its line at the foot of the page."""
        card = self.review.derived(_cards).get(key)
        if card is None:
            return Markup('<span class="missing">[{}]</span>').format(key)
        if key not in self.cited:
            self.cited.append(key)
        number = self.cited.index(key) + 1
        return Markup(
            f'<span class="cite"><a href="#ref-{number}">[{number}]</a>'
            f'<span class="cite-card" role="note" data-search-exclude>{card}</span></span>'
        )

    def sourced(self, source: Basis, checked: Checked) -> Markup:
        """What a row rests on, and how it was checked: the citation or page, and the day of the copy."""
        basis = self.cite(str(source.cite)) if source.cite else self.page_link(str(source.page))
        return Markup('<span class="sourced">{}{}</span>').format(basis, self.check_mark(checked))

    def page_link(self, address: str) -> Markup:
        """A link to a page of a known publisher; the bare host where the page is a copy that may vanish."""
        host = (urlsplit(address).hostname or "").removeprefix("www.")
        known = self.review.vocabularies["publishers"].get(host)
        if known is None:
            return Markup('<span class="copy" title="read there; not linked, since it may not stay">{}</span>').format(
                host
            )
        return Markup('<a class="source" href="{}">{}</a>').format(address, known.name or host)

    def check_mark(self, checked: Checked) -> Markup:
        """Nothing beside a dated check, a word beside an undated copy or an unverified row."""
        if not checked.verified:
            return Markup(' <span class="unverified" title="{}">unverified</span>').format(checked.unverified)
        if checked.known_as_of is None:
            return Markup(
                ' <span class="undated" title="checked {} on a copy that shows no day">undated copy</span>'
            ).format(checked.date)
        return Markup("")

    def evidence_label(self, id: str) -> Markup:
        """The source of an evidence item, as a link to the item on the source's page."""
        return self.link("evidence", id)

    def statement(self, said: Statement) -> Markup:
        """A sentence of the review with the citations of its evidence and the level that follows from it."""
        keys = dict.fromkeys(id.partition(":")[0] for id in said.evidence)
        level = resistance_rows.level(self.review, said)
        return Markup('{}{} <span class="level" title="strongest system behind the sentence">{}</span>').format(
            self.gloss(said.text), Markup("").join(map(self.cite, keys)), level
        )

    def gloss(self, text: str | Markup) -> Markup:
        """A text with the meaning of each abbreviation at its first use on the page."""
        return gloss.explained(self.review, text, self.explained)

    def table(self, view: str, caption: str | None = None, searched: bool = False, **filters: str) -> Markup:
        """A named table, filtered by fields of its dataset; nothing where no row passes."""
        shown = tables.VIEWS[view]
        rows = tables.rows_of(self.review, shown, filters)
        return tables.html(self, caption or shown.caption, shown.columns, rows, searched) if rows else Markup("")

    def rows(self, caption: str, columns: list[str], rows: list[Any], within: str = "") -> Markup:
        """A table of rows that the template was given; nothing where there are none."""
        return tables.html(self, caption, columns, rows, within=within) if rows else Markup("")

    def reports(self, key: str) -> list[str]:
        """The trials of which a reference is the primary publication."""
        return self.review.derived(_reports).get(key, [])

    def evidence_links(self, ids: tuple[str, ...]) -> Markup:
        """Links to some evidence items, by their sources."""
        return tables.listed([self.evidence_label(id) for id in ids])

    def components(self, ids: tuple[str, ...]) -> Markup:
        """Links to agents and interventions."""
        places = self.review.derived(_places)
        return tables.listed([self.link("agent" if ("agent", id) in places else "intervention", id) for id in ids])

    def student_path(self) -> list[str]:
        """The ids of the concepts in the order in which a student may read them."""
        return sorted(self.review.concepts, key=lambda id: (self.review.concepts[id].order, id))

    def evidence(self, kind: str, id: str) -> list[EvidenceRow]:
        """The rows of the evidence on a mechanism, strategy or biomarker, strongest system first."""
        rows = by_id(self.review, "evidence")
        return [rows[full] for full in self.review.evidence_on.get((kind, id), ())]

    def studied_in(self, cancer: str, kind: str) -> list[Markup]:
        """Links to the mechanisms, strategies or biomarkers with evidence in a cancer."""
        found = self.review.studied_in.get(cancer, ())
        return [self.link(*named) for named in found if named[0] == kind and self.review.get(*named)]

    def said_by(self, key: str) -> list[EvidenceRow]:
        """The rows of the evidence that one reference gives."""
        rows, paper = by_id(self.review, "evidence"), self.review.papers.get(key)
        return [rows[f"{key}:{item.id}"] for item in paper.items] if paper else []

    def trials(self, ids: tuple[str, ...]) -> list[TrialRow]:
        """The rows of some trials, by the name that readers know them by."""
        rows = by_id(self.review, "trials")
        return sorted((rows[id] for id in ids if id in rows), key=tables.VIEWS["trials"].order)

    def anchor(self, row: Any, within: str = "") -> str | None:
        """The anchor of a row: an approval's own on its owner's page, else its id in the group that it stands in."""
        home, _, anchor = getattr(row, "url", "").partition("#")
        name = tables.row_name(row)
        if not (anchor and home == SERVED.of(self.path)):
            anchor = f"row-{within and f'{within}.'}{name}"
        if name is None or anchor in self.places:
            return None
        self.places.add(anchor)
        return anchor

    def place(self, name: str) -> str:
        """An anchor that nothing else on the page has."""
        free = next(n for i in count(1) if (n := name if i == 1 else f"{name}-{i}") not in self.places)
        self.places.add(free)
        return free

    def set_aside(
        self, name: str, caption: str, columns: Sequence[tables.Column], rows: Sequence[Any], made: Any
    ) -> LongTable | None:
        """Takes a table that is too long; None on a plain page, and in an archive, where no script can fetch rows."""
        if self.whole or not self.addresses.directories:
            return None
        path = f"{self.path.removesuffix('.md')}-{name.removeprefix('table-')}"
        self.long.append(LongTable(path, caption, columns, rows, feed([c.title for c in columns], made)))
        return self.long[-1]

    def backlinks(self, kind: str, id: str, leave_out: tuple[str, ...] = ()) -> list[tuple[str, list[Markup]]]:
        """Who points to a record: for each kind the links, out of what the page does not already show."""
        pointing = set(self.review.linked_from.get((kind, id), ()))
        for approval in getattr(self.review.get(kind, id), "approvals", ()):
            pointing.update(self.review.linked_from.get(("approval", f"{id}:{approval.id}"), ()))
        if kind == "reference" and id in self.review.papers:
            for item in self.review.papers[id].items:
                pointing.update(self.review.linked_from.get(("evidence", f"{id}:{item.id}"), ()))
        found: dict[str, list[Markup]] = {}
        for by, other in sorted(pointing):
            if by in leave_out or by in ("page", "paper"):
                continue
            found.setdefault(INDEXES[KINDS[by][0]], []).append(self.link(by, other))
        return sorted(found.items())

    def citing_pages(self, kind: str, id: str) -> list[Markup]:
        """Links to the narrative pages that point to a record."""
        found = []
        for by, other in self.review.linked_from.get((kind, id), ()):
            if by == "page":
                title = self.review.prose[f"{CONTENT}/{other}.md"].title or other
                found.append(Markup('<a href="{}">{}</a>').format(self.url(f"{other}.md"), title))
        return found

    def glance_by_setting(self, uses: Sequence[ApprovalRow]) -> list[tuple[str, Markup]]:
        """The regimens of some uses by setting, with the years of their approval."""
        return glance.by_setting(self, uses)

    def glance_by_cancer(self, uses: Sequence[ApprovalRow]) -> Markup:
        """The cancers of some uses, each with the year since which one is in force."""
        return glance.by_cancer(self, uses)

    def actions_after(self, nct: str) -> list[tables.Action]:
        """The regulator's actions that name a trial as their ground, newest first."""
        return self.review.derived(_actions).get(nct, [])

    def told(self, day: changelog.Day) -> list[tuple[str, list[tuple[Markup, tuple[str, ...]]]]]:
        """What changed on a day by kind: the records of which the same can be said, and what is said."""
        entries = changelog.told(day.changes)
        return [
            (ENTRY_TITLES[kind], [(self._named(alike), lines) for lines, alike in _by(of_kind, lambda e: e.lines)])
            for kind, of_kind in _by(entries, lambda e: e.kind)
        ]

    def _named(self, entries: Iterable[changelog.Entry]) -> Markup:
        """Links to what some entries are about; nothing for what is only counted."""
        names = [entry_name(self.review, entry) for entry in entries if entry.id]
        return tables.listed([_anchored(self.url(*place), name) if place else name for name, place in names], empty="")

    def moved_here(self) -> list[tuple[str, Markup]]:
        """The old anchors that links from elsewhere may still name, each with a link to what it names now."""
        return [(anchor, _anchored(self.url(*to), id)) for anchor, to, id in moved.stubs(self.review, self.path)]

    def figure(self, name: str) -> Markup:
        """A figure by its name."""
        return figures.FIGURES[name](self)

    def forest(self, cancer: str) -> Markup:
        """The hazard ratios of the trials in one cancer."""
        return ledger_figures.forest(self, cancer)

    def prose(self, text: Prose | None) -> Markup:
        """A narrative with its citations, links and blocks filled in, as Markdown."""
        return Markup("").join(self._token(token) for token in text.tokens) if text else Markup("")

    def _token(self, token: Any) -> Markup:
        match token:
            case Words():
                return self.gloss(Markup(token.text))
            case Citation():
                return Markup("").join(self.cite(key) for key in token.keys)
            case RecordLink():
                record = self.review.get(token.kind, token.id)
                text = token.words or (name_of(self.review, token.kind, token.id) if record is not None else token.id)
                # Inside a Markdown paragraph the words of the link must not be read as Markdown.
                return self.link(token.kind, token.id, Markup(words.inert(text)))
            case Block(name="table"):
                return Markup("\n\n") + self.table(token.arguments[0], **dict(token.filters)) + Markup("\n\n")
            case Block(name="figure"):
                return Markup("\n\n") + self.figure(token.arguments[0]) + Markup("\n\n")
            case Block(name="count"):
                return Markup(words.number(COUNTS[token.arguments[0]](self.review)))
            case Block(name="value"):
                return Markup(words.inert(value(self.review, *token.arguments)))
        raise TypeError(f"no page form for {token}")

    @property
    def bibliography(self) -> list[tuple[int, str, cite.Reference]]:
        """What the page cites, by number."""
        return [(n, key, self.review.references[key]) for n, key in enumerate(self.cited, 1)]


def _by(entries: Iterable[Any], what: Any) -> list[tuple[Any, list[Any]]]:
    """Some entries in groups of which something is the same, in the order in which each group begins."""
    found: dict[Any, list[Any]] = {}
    for entry in entries:
        found.setdefault(what(entry), []).append(entry)
    return list(found.items())


def _anchored(address: str, text: str) -> Markup:
    return Markup(f'<a href="{escape(address)}">{escape(text)}</a>')


def _places(review: Review) -> dict[Named, tuple[str, str, str]]:
    """How a link to each record, approval and evidence item is made: its name, its page and its anchor."""
    named = [named for named, _ in review.owners()] + [("evidence", id) for id in review.evidence]
    found = {(kind, id): (name_of(review, kind, id), page_of(kind, id), anchor_of(kind, id)) for kind, id in named}
    for id, use in review.uses.items():
        page, anchor = page_of(use.owner_kind, use.owner_id), use_anchor(use.approval.id)
        found["approval", id] = (use_name(review, use), page, anchor)
    return found


def _cards(review: Review) -> dict[str, str]:
    """What a citation of each reference shows on hover."""
    return {key: words.inert(cite.printed(reference)) for key, reference in review.references.items()}


def _reports(review: Review) -> dict[str, list[str]]:
    """The trials of which each reference is the primary publication."""
    found: dict[str, list[str]] = {}
    for id, trial in review.trials.items():
        if trial.primary_publication:
            found.setdefault(str(trial.primary_publication), []).append(id)
    return found


def _actions(review: Review) -> dict[str, list[tables.Action]]:
    """The regulator's actions that name each trial as their ground, newest first."""
    found: dict[str, list[tables.Action]] = {}
    for action in tables.actions(by_id(review, "approvals").values()):
        for nct in dict.fromkeys(map(str, action.event.trials)):
            found.setdefault(nct, []).append(action)
    return found


def name_of(review: Review, kind: str, id: str) -> str:
    """The words of a link to a record: its name, or for evidence the source that says it."""
    if kind in ("evidence", "paper"):
        reference = review.references.get(id.partition(":")[0])
        return reference.label if reference else id
    record = review.get(kind, id)
    return use_name(review, record) if isinstance(record, Use) else str(record.label)


def use_name(review: Review, use: Use) -> str:
    """A use in words: `Nivolumab: melanoma, adjuvant`."""
    cancer = review.cancers.get(str(use.approval.cancer))
    name = cancer.name.lower() if cancer else str(use.approval.cancer)
    return f"{use.owner.name}: {name}, {tables.setting(review, use.approval.setting, use.approval.line)}"


def entry_name(review: Review, entry: changelog.Entry) -> tuple[str, moved.Place | None]:
    """The record that an entry of the log is about: its name, and where it stands if it is still there."""
    named: tuple[str, str] | None = (entry.kind, entry.id or "")
    if named and review.get(*named) is None:
        named = moved.now(review, named)
    record = review.get(*named) if named else None
    if named is None or record is None:
        return entry.id or "", None
    name = record.owner.name if isinstance(record, Use) else name_of(review, *named)
    return name, moved.place(review, named)


ENTRY_TITLES = {kind: INDEXES[folder] for kind, folder in FOLDER.items() if folder in INDEXES}
ENTRY_TITLES |= {"approval": "Approved uses", "looks": "Checks", "paper": "What papers say"}
"""What the entries of the log on each kind of record stand under."""


def value(review: Review, record: str, name: str) -> str:
    """One field of a dataset row as text, in readable words; KeyError if there is no such row or field."""
    kind, _, id = record.partition(":")
    row = by_id(review, "approvals" if kind == "approval" else KINDS[kind][0])[id]
    found = row.model_dump(by_alias=True, mode="json")[name]
    if name == "phase":
        return words.phases(row.phase)
    if kind == "trial" and name == "status":
        return words.status(found)
    if isinstance(found, dict):
        raise KeyError(name)
    if isinstance(found, list):
        return ", ".join(map(str, found))
    return "not known" if found is None else str(found)


def paths(review: Review) -> tuple[str, ...]:
    """The Markdown path of every page, sorted."""
    records = [page_of(kind, id) for kind in KINDS if kind not in PARTS_OF_PAGES for id in review.records[kind]]
    references = [page_of("reference", key) for key in review.references]
    prose = [file.removeprefix(f"{CONTENT}/") for file in review.prose]
    lists = [f"{folder}/index.md" for folder in INDEXES]
    return tuple(sorted({*records, *references, *prose, *lists, *_EXTRA, "changes.md"}))


LETTERS = {
    "A": "Agents and interventions",
    "B": "Biomarkers",
    "C": "Basics",
    "D": "Disagreements",
    "E": "Slips of the reviews",
    "F": "Figures",
    "G": "Terms",
    "K": "Cancers",
    "M": "Mechanisms",
    "O": "Points out of date",
    "R": "Approved regimens",
    "S": "Strategies",
    "T": "Tables",
    "X": "Same thing under two names",
}
"""What the letters of the outline stand for."""

_EXTRA = {
    "approvals/by-agent.md": "Approvals by agent",
    "approvals/by-cancer.md": "Approvals by cancer",
    "approvals/by-year.md": "Approvals by year",
    "approvals/withdrawn.md": "Withdrawn and narrowed uses",
    "coverage.md": "Coverage",
    "data.md": "Data",
    "negative.md": "Negative results",
    "trials/hazard-ratios.md": "Hazard ratios by cancer",
}


def render(review: Review, addresses: Addresses = SERVED, log: changelog.Log = changelog.UNASKED) -> dict[str, str]:
    """Every page as Markdown, by its path, and the rows of tables that are too long for one as JSON."""
    pages: dict[str, str] = {}

    def page(path: str, template: str, given: Callable[..., dict[str, Any]], *of: Hashable) -> None:
        pages.update(review.derived(_page, addresses, bool(log.days), path, template, given, *of))

    for kind in KINDS:
        for id in review.records[kind] if kind not in PARTS_OF_PAGES else ():
            page(page_of(kind, id), f"{kind}.md.j2", _of_record, kind, id)
    for key in review.references:
        page(page_of("reference", key), "reference.md.j2", _of_reference, key)
    for folder, title in INDEXES.items():
        page(f"{folder}/index.md", f"lists/{folder}.md.j2", _of_list, f"{folder}/index.md", title)
    for path, title in _EXTRA.items():
        page(path, f"lists/{path.removesuffix('.md').replace('/', '-')}.md.j2", _of_extra, path, title)
    page("changes.md", "lists/changes.md.j2", _of_changes, log)
    for file in review.prose:
        path = file.removeprefix(f"{CONTENT}/")
        if path not in pages:
            page(path, "home.md.j2" if path == "index.md" else "page.md.j2", _of_prose, file)
    return dict(sorted(pages.items()))


def _environment(review: Review) -> Environment:
    """The templates, with all that they may call and that no record changes."""
    environment = Environment(
        loader=DictLoader(dict(review.templates)),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {"inert": lambda text: Markup(words.inert(text)), "capital": words.capital}
    environment.globals |= {
        "json": lambda data: Markup(json.dumps(data, ensure_ascii=False)),
        "words": words,
        "cite_printed": cite.printed,
        "readout_columns": tables.READOUT_COLUMNS,
        "printed_columns": tables.PRINTED_COLUMNS,
        "action_columns": tables.ACTION_COLUMNS,
        "citation_columns": resistance_tables.CITATION_COLUMNS,
        "negative_columns": tables.NEGATIVE_COLUMNS,
        "position_columns": resistance_tables.POSITION_COLUMNS,
        "download_columns": downloads.DOWNLOAD_COLUMNS,
        "licence": downloads.LICENCE,
        "package": downloads.PACKAGE,
        "schema_version": SCHEMA_VERSION,
    }
    return environment


# What a page is made of comes from the review that its functions are given, and from nowhere else: a preview makes a page
# again only if what they read there has changed.


def _page(
    review: Review,
    addresses: Addresses,
    followed: bool,
    path: str,
    template: str,
    given: Callable[..., dict[str, Any]],
    *of: Hashable,
) -> dict[str, str]:
    """One page by its path, with the rows and the plain pages of its long tables; `followed` is whether there are feeds."""
    pages: dict[str, str] = {}
    said = {"followed": followed, "feed": follows(path) if followed else None, **given(review, *of)}
    _write(pages, Page(review, path, addresses), template, said)
    return pages


def _write(pages: dict[str, str], page: Page, template: str, given: dict[str, Any]) -> None:
    """Adds a page, and all that its long tables need."""
    review = page.review
    environment = review.derived(_environment)
    given = {"page": page, "review": review, "today": review.commit.day if review.commit else None, **given}
    body = environment.get_template(template).render(given)
    # A reference page says how to cite the paper itself.
    citable = None if template == "reference.md.j2" else citing.page(given["title"], page.path, review.commit)
    foot = environment.get_template("foot.md.j2").render(given, citable=citable)
    pages[page.path] = body.rstrip() + "\n\n" + foot.strip() + "\n"
    for table in page.long:
        pages[table.json] = table.feed
        whole = {"title": table.caption, "named": None, "fresh": given["fresh"], "home": page.path, "table": table}
        _write(pages, Page(review, table.plain, page.addresses, whole=True), "plain.md.j2", whole)


def _of_record(review: Review, kind: str, id: str) -> dict[str, Any]:
    plural, record = KINDS[kind][0], review.records[kind][id]
    uses = review.derived(_concerning).get((kind, id), ())
    of_others = [(use, approval) for use, owner, approval in uses if owner != (kind, id)]
    return {
        "title": record.label,
        "named": (kind, id),
        "id": id,
        "record": record,
        "row": by_id(review, plural)[id],
        "fresh": freshness.of(kind, record, of_others, review.resting_on(record)),
        "linked": linked_data.of_record(review, kind, id, record),
        "narrative": isinstance(record, Account | Concept | Family),
        "prose": review.prose.get(f"{CONTENT}/{plural}/{id}.md"),
        "uses": _by_status(review, [use for use, _, _ in uses]),
    }


def _of_reference(review: Review, key: str) -> dict[str, Any]:
    reference = review.references[key]
    return {
        "title": reference.label,
        "named": ("reference", key),
        "id": key,
        "record": reference,
        "fresh": freshness.of("reference", reference),
        "linked": linked_data.of_record(review, "reference", key, reference),
        "bibtex": exports.bibtex(key, reference),
        "ris": exports.ris(key, reference).replace("\r\n", "\n"),
        "csl": json.dumps(exports.csl(key, reference), ensure_ascii=False, indent=1),
    }


def _of_list(review: Review, path: str, title: str) -> dict[str, Any]:
    return {
        "title": title,
        "named": None,
        "linked": None,
        "fresh": review.derived(_listed, path.rpartition("/")[0]),
        "prose": review.prose.get(f"{CONTENT}/{path}"),
    }


def _of_extra(review: Review, path: str, title: str) -> dict[str, Any]:
    return _of_list(review, path, title) | _SHOWN.get(path, lambda _: {})(review)


def _of_changes(review: Review, log: changelog.Log) -> dict[str, Any]:
    # The log only repeats what stands on the pages of the records.
    said = _of_list(review, "changes.md", "What changed")
    return said | {"fresh": freshness.of_all([]), "log": log}


def _of_prose(review: Review, file: str) -> dict[str, Any]:
    text = review.prose[file]
    said = {"title": text.title, "named": None, "fresh": review.derived(_listed, ""), "prose": text}
    if file != f"{CONTENT}/index.md":
        return said
    return said | {
        "lately": tables.actions(by_id(review, "approvals").values())[:5],
        "last_search": max((str(search.date) for search in review.searches.values()), default="not yet"),
        "counts": {name: number(review) for name, number in COUNTS.items()},
    }


def _outlined(review: Review) -> dict[str, Any]:
    entries = coverage.outline(review)
    return {
        "gaps": coverage.gaps(review),
        "outline": entries,
        "outline_counts": coverage.counted(entries),
        "letters": LETTERS,
        "citation_counts": coverage.citations(review),
        "registry_counts": coverage.registry_numbers(review),
    }


def _downloadable(review: Review) -> dict[str, Any]:
    sizes = {name: (dataset.title, len(by_id(review, name))) for name, dataset in DATASETS.items()}
    return {
        "datasets": DATASETS,
        "downloads": downloads.downloads(review, exports.files(review)),
        "linked": linked_data.of_datasets(sizes),
    }


_SHOWN: dict[str, Callable[[Review], dict[str, Any]]] = {
    "approvals/by-agent.md": lambda review: {"by_agent": _grouped(review, "agent")},
    "approvals/by-cancer.md": lambda review: {"by_cancer": _grouped(review, "cancer")},
    "approvals/by-year.md": lambda review: {"by_year": _by_year(by_id(review, "approvals").values())},
    "coverage.md": _outlined,
    "data.md": _downloadable,
    "negative.md": lambda review: {"negative_readouts": tables.negative_results(by_id(review, "trials").values())},
}
"""What some of the extra pages show."""


def _listed(review: Review, folder: str) -> freshness.Freshness:
    """What the checks come to of the records that a list page stands for; of all of them for a page at the top."""
    if folder == "approvals":
        return freshness.of_all([use.approval for use in review.uses.values()])
    return freshness.of_all([record for (kind, _), record in review.owners() if folder in ("", FOLDER[kind])])


def _concerning(review: Review) -> dict[Named, tuple[tuple[str, Named, Approval], ...]]:
    """The approvals that each record's page shows, oldest first, each by its id and its owner."""
    return {
        named: tuple((use.id, (use.owner_kind, use.owner_id), use.approval) for use in uses)
        for named, uses in review.concerning.items()
    }


def _by_status(review: Review, uses: Iterable[str]) -> dict[str, list[ApprovalRow]]:
    """The rows of some approvals, those in force and those withdrawn."""
    known = by_id(review, "approvals")
    rows = [known[id] for id in uses]
    return {status: [row for row in rows if row.status == status] for status in ("in force", "withdrawn")}


def _grouped(review: Review, kind: str) -> list[tuple[str, str, list[ApprovalRow]]]:
    """The uses in force of each agent or cancer that has some: id, name, rows."""
    found = [
        (id, record.label, _by_status(review, [use.id for use in review.concerning.get((kind, id), ())])["in force"])
        for id, record in review.records[kind].items()
    ]
    return [group for group in found if group[2]]


def _by_year(uses: Iterable[ApprovalRow]) -> list[tuple[str, list[tables.Action]]]:
    """The regulator's actions of each year, newest first."""
    return [(year, list(group)) for year, group in groupby(tables.actions(uses), key=lambda a: a.event.date[:4])]


def edit_path(review: Review, path: str) -> str | None:
    """The file behind a page, relative to content/: the record, or the prose; None for a page made from many."""
    folder, _, stem = path.removesuffix(".md").rpartition("/")
    kind = next((k for k, (plural, _) in KINDS.items() if plural == folder), None)
    if kind and stem in review.records[kind]:
        return f"{folder}/{stem}.yml"
    return path if f"{CONTENT}/{path}" in review.prose else None
