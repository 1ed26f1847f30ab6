"""Figures of the approval ledger and the trials: agents by cancer, trials by phase and strategy, hazard ratios by cancer."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence

from markupsafe import Markup, escape

from build_scripts import words
from build_scripts.columns import Page
from build_scripts.drawing import Dot, framed, joined, matrix, stacked, text
from build_scripts.ledger import Readout, Trial
from build_scripts.review import Review


def agents_by_cancer(page: Page) -> Markup:
    """Which antibody has how many uses in force in which cancer, alone or in combinations."""
    review = page.review
    counts: Counter[tuple[str, str]] = Counter()
    for use in review.uses.values():
        if use.approval.status != "in force":
            continue
        for agent in use.components:
            if agent in review.agents and review.agents[agent].form_of is None:
                for cancer in (use.approval.cancer, *use.approval.also_in):
                    counts[str(cancer), agent] += 1
    if not counts:
        return Markup("")
    agents = sorted({a for _, a in counts}, key=lambda a: (str(review.agents[a].first_fda_approval), a))
    cancers = sorted({c for c, _ in counts}, key=lambda c: review.cancers[c].name)
    dots = {
        spot: Dot(
            1 if n == 1 else 2 if n < 4 else 3, f"{review.agents[spot[1]].name}, {review.cancers[spot[0]].name}: {n}"
        )
        for spot, n in counts.items()
    }
    drawing, size = matrix(
        [(c, page.link("cancer", c)) for c in cancers], [(a, review.agents[a].name) for a in agents], dots
    )
    twin = joined(
        Markup("<dt>{}</dt><dd>{}</dd>").format(
            page.link("cancer", c), ", ".join(f"{review.agents[a].name} {counts[c, a]}" for a in agents if counts[c, a])
        )
        for c in cancers
    )
    return framed(
        "agents-by-cancer", "Uses in force by antibody and cancer",
        f"{len(agents)} antibodies against {len(cancers)} cancers; the list in words gives the number of uses.",
        size, drawing,
        Markup("A small dot is one use, a middle one two or three, a large one more; alone and in combinations, subcutaneous forms left out."),
        "matrix", Markup('<dl class="links">{}</dl>').format(twin),
    )  # fmt: skip


def trials_by_phase(page: Page) -> Markup:
    """How many trials of the review stand in which phase and status, as stacked bars."""
    trials = page.review.trials.values()
    counts = Counter((words.phases(trial.phase), words.status(trial.status)) for trial in trials)
    statuses = [status for status, _ in Counter(words.status(trial.status) for trial in trials).most_common()]
    return _bars(
        "trials-by-phase",
        "Trials of this review by phase and status",
        "Each bar is a phase, cut by the status as last read",
        [(phase, words.capital(phase)) for phase in sorted({p for p, _ in counts})],
        statuses,
        counts,
    )


def trials_by_strategy(page: Page) -> Markup:
    """How many trials of the review test each strategy, by phase, as stacked bars; strategies without one are left out."""
    review = page.review
    counts = Counter(
        (id, _stage(review.trials[str(nct)].phase))
        for id, strategy in review.strategies.items()
        for nct in strategy.trials
        if str(nct) in review.trials
    )
    tested = {id for id, _ in counts}
    bars = [(id, page.link("strategy", id)) for id in sorted(tested, key=lambda id: review.strategies[id].name)]
    return _bars(
        "trials-by-strategy",
        "Trials of this review by strategy and phase",
        "Each bar is a strategy, cut by the phase of its trials",
        bars,
        [stage for stage in _STAGES if any(s == stage for _, s in counts)],
        counts,
    )


_STAGES = ("phase 3", "phase 2", "phase 1", "no phase")


def _stage(phase: tuple[str, ...]) -> str:
    """The furthest phase of a trial that may span two."""
    return next((stage for stage in _STAGES if stage.upper().replace(" ", "") in phase), "no phase")


def _bars(
    id: str,
    title: str,
    caption: str,
    bars: Sequence[tuple[str, str | Markup]],
    parts: Sequence[str],
    counts: Mapping[tuple[str, str], int],
) -> Markup:
    """Bars of trials cut into parts, with the number at the end of each; nothing where there are none."""
    if not bars:
        return Markup("")
    drawing, size = stacked(bars, parts, counts)
    named = [
        (label, ", ".join(f"{part}: {counts[bar, part]}" for part in parts if counts[bar, part])) for bar, label in bars
    ]
    return framed(
        id, title, "; ".join(f"{escape(label).striptags()}: {said}" for label, said in named) + ".", size, drawing,
        Markup("{}, from left to right: {}.").format(caption, ", ".join(parts)),
        "fit", Markup('<dl class="links">{}</dl>').format(joined(Markup("<dt>{}</dt><dd>{}</dd>").format(*n) for n in named)),
    )  # fmt: skip


_SURVIVAL = ("overall", "progression-free", "event-free", "disease-free", "recurrence-free")


def _compared(readout: Readout) -> bool:
    survival = readout.endpoint.removesuffix(" survival") in _SURVIVAL
    return survival and readout.measure == "hazard ratio" and readout.ci is not None and readout.value[0].isdigit()


_TICKS = (0.0625, 0.125, 0.25, 0.5, 1, 2, 4, 8)


def _short(label: str) -> str:
    """A trial's name cut so that the drawing fits a phone; the list in words has it whole."""
    return label if len(label) <= 24 else f"{label[:23].rstrip()}…"


def _number(printed: str) -> float:
    return float(printed.lstrip("<>≤≥"))


def _latest(readouts: Sequence[Readout]) -> list[Readout]:
    """The last hazard ratio of each survival endpoint, in the whole population wherever that was reported."""
    latest: dict[str, Readout] = {}
    for readout in readouts:
        before = latest.get(readout.endpoint)
        if _compared(readout) and (before is None or before.population is not None or readout.population is None):
            latest[readout.endpoint] = readout
    return list(latest.values())


def _trials_in(review: Review) -> dict[str, tuple[tuple[str, Trial], ...]]:
    """The trials in each cancer."""
    found: dict[str, list[tuple[str, Trial]]] = {}
    for id, trial in review.trials.items():
        for cancer in dict.fromkeys(map(str, trial.cancers)):
            found.setdefault(cancer, []).append((id, trial))
    return {cancer: tuple(trials) for cancer, trials in found.items()}


def forest(page: Page, cancer: str) -> Markup:
    """The latest hazard ratio with its interval for each trial and endpoint in one cancer, on a logarithmic axis."""
    review = page.review
    found = [
        (readout.endpoint, trial.label, id, readout)
        for id, trial in review.derived(_trials_in).get(cancer, ())
        for readout in _latest(trial.readouts)
    ]
    if not found:
        return Markup("")
    found.sort(key=lambda row: (row[0], row[1]))
    # An end that is no number, or nought, has no place on a logarithmic axis; it stands at the edge.
    ends = [end for *_, r in found if r.ci for end in (_number(r.ci.low), _number(r.ci.high))]
    ticks = [tick for tick in _TICKS if tick in (0.5, 1, 2) or (min(ends) < 2 * tick and max(ends) > tick / 2)]
    low, high, left, wide = ticks[0], ticks[-1], 20 + 6.4 * max(len(_short(label)) for _, label, *_ in found), 150.0

    def x(value: float) -> float:
        return left + math.log(min(max(value, low), high) / low) / math.log(high / low) * wide

    rows, said, y, last = [], [], 30.0, ""
    for endpoint, label, id, readout in found:
        if endpoint != last:
            rows.append(text(4, y + 4, words.capital(endpoint), "start", "count"))
            y, last = y + 20, endpoint
        ci = readout.ci
        assert ci is not None
        words_of_row = f"{readout.value} ({ci.low} to {ci.high})"
        part = "" if readout.population is None else " *"
        rows.append(text(left - 10, y + 4, page.link("trial", id, _short(label)) + part, "end"))
        rows.append(
            Markup(
                '<line class="interval" x1="{:.1f}" x2="{:.1f}" y1="{:.1f}" y2="{:.1f}"/><rect class="point" x="{:.1f}" y="{:.1f}" width="7" height="7"><title>{}</title></rect>'
            ).format(
                x(_number(ci.low)),
                x(_number(ci.high)),
                y,
                y,
                x(_number(readout.value)) - 3.5,
                y - 3.5,
                f"{label}, {endpoint}: {words_of_row}",
            )
        )
        rows.append(text(left + wide + 10, y + 4, words_of_row, "start"))
        among = f", {readout.population}" if readout.population else ""
        said.append(f"{label}, {endpoint}{among}: {words_of_row}, {readout.outcome}")
        y += 18
    axis = Markup('<line class="one" x1="{0:.1f}" x2="{0:.1f}" y1="18" y2="{1:.1f}"/>').format(x(1), y) + joined(
        text(x(tick), 12, f"{tick:g}", kind="small") for tick in ticks
    )
    return framed(
        f"forest-{cancer}", f"Hazard ratios of the trials: {review.cancers[cancer].name.lower()}", "; ".join(said) + ".", (left + wide + 110, y + 8), axis + joined(rows),
        Markup("Hazard ratios with their intervals, as last recorded; left of the line favours the experimental arm. A star marks a part of the patients, named in the list in words. Trials are not to be compared with each other."),
        "fit", Markup("<ul>{}</ul>").format(joined(Markup("<li>{}</li>").format(s) for s in said)),
    )  # fmt: skip


FIGURES = {
    "agents-by-cancer": agents_by_cancer,
    "trials-by-phase": trials_by_phase,
    "trials-by-strategy": trials_by_strategy,
}
