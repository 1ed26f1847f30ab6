"""Figures of the approval ledger and the trials: agents by cancer, trials by phase and status, hazard ratios by cancer."""

from __future__ import annotations

import math
from collections import Counter

from markupsafe import Markup

from build_scripts import words
from build_scripts.columns import Page
from build_scripts.drawing import Dot, framed, joined, matrix, text
from build_scripts.ledger import Readout


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
    counts: Counter[tuple[str, str]] = Counter()
    for trial in page.review.trials.values():
        counts[words.phases(trial.phase), words.status(trial.status)] += 1
    phases = sorted({p for p, _ in counts})
    statuses = [
        s for s, _ in Counter({s: sum(n for (_, t), n in counts.items() if t == s) for _, s in counts}).most_common()
    ]
    unit = 420 / max(sum(counts[p, s] for s in statuses) for p in phases) if phases else 1
    rows = []
    for i, phase in enumerate(phases):
        y, x = 18 + i * 34, 110.0
        rows.append(text(x - 8, y + 15, words.capital(phase), "end"))
        for k, status in enumerate(statuses):
            n = counts[phase, status]
            if n:
                rows.append(
                    Markup(
                        '<rect class="bar shade{}" x="{:.1f}" y="{}" width="{:.1f}" height="22"><title>{}</title></rect>'
                    ).format(k % 4, x, y, n * unit, f"{phase}, {status}: {n}")
                )
                x += n * unit
        rows.append(text(x + 6, y + 15, str(sum(counts[phase, s] for s in statuses)), "start"))
    twin = joined(
        Markup("<dt>{}</dt><dd>{}</dd>").format(
            words.capital(p), ", ".join(f"{s}: {counts[p, s]}" for s in statuses if counts[p, s])
        )
        for p in phases
    )
    said = "; ".join(f"{p}: {sum(counts[p, s] for s in statuses)}" for p in phases)
    return framed(
        "trials-by-phase", "Trials of this review by phase and status", f"{said}.", (580, 24 + len(phases) * 34), joined(rows),
        Markup("Each bar is a phase, cut by the status as last read ({}, from left to right).").format(", ".join(statuses)),
        "wide", Markup('<dl class="links">{}</dl>').format(twin),
    )  # fmt: skip


def _compared(readout: Readout) -> bool:
    return readout.measure == "hazard ratio" and readout.ci is not None and readout.value[0].isdigit()


def forest(page: Page, cancer: str | None = None) -> Markup:
    """The latest hazard ratio with its interval for each trial and endpoint, of one cancer or of all, on a logarithmic axis."""
    review = page.review
    found = []
    for id, trial in review.trials.items():
        if cancer is not None and cancer not in map(str, trial.cancers):
            continue
        latest: dict[str, Readout] = {}
        for readout in trial.readouts:
            if _compared(readout) and readout.population is None:
                latest[readout.endpoint] = readout
        for endpoint, readout in latest.items():
            if endpoint in (
                "overall survival",
                "progression-free survival",
                "event-free survival",
                "disease-free survival",
                "recurrence-free survival",
            ):
                found.append((endpoint, trial.label, id, readout))
    if not found:
        return Markup("")
    found.sort(key=lambda row: (row[0], row[1]))
    low, high, left, wide = 0.25, 2.0, 230.0, 300.0

    def x(value: str) -> float:
        inside = min(max(float(value.lstrip("<>≤≥")), low), high)  # zero has no logarithm
        return left + math.log(inside / low) / math.log(high / low) * wide

    rows, said, y, last = [], [], 30.0, ""
    for endpoint, label, id, readout in found:
        if endpoint != last:
            rows.append(text(4, y + 4, words.capital(endpoint), "start", "count"))
            y, last = y + 20, endpoint
        ci = readout.ci
        assert ci is not None
        words_of_row = f"{readout.value} ({ci.low} to {ci.high})"
        rows.append(text(left - 10, y + 4, page.link("trial", id), "end"))
        rows.append(
            Markup(
                '<line class="interval" x1="{:.1f}" x2="{:.1f}" y1="{:.1f}" y2="{:.1f}"/><rect class="point" x="{:.1f}" y="{:.1f}" width="7" height="7"><title>{}</title></rect>'
            ).format(
                x(ci.low), x(ci.high), y, y, x(readout.value) - 3.5, y - 3.5, f"{label}, {endpoint}: {words_of_row}"
            )
        )
        rows.append(text(left + wide + 10, y + 4, words_of_row, "start"))
        said.append(f"{label}, {endpoint}: {words_of_row}, {readout.outcome}")
        y += 18
    axis = Markup('<line class="one" x1="{0:.1f}" x2="{0:.1f}" y1="18" y2="{1:.1f}"/>').format(x("1"), y) + joined(
        text(x(value), 12, value, kind="small") for value in ("0.25", "0.5", "1", "2")
    )
    return framed(
        f"forest-{cancer or 'all'}", "Hazard ratios of the trials", "; ".join(said) + ".", (left + wide + 120, y + 8), axis + joined(rows),
        Markup("Hazard ratio with its interval for the whole population of each trial, as last recorded; left of the line favours the arm with the checkpoint inhibitor. Trials differ in arms and patients and are not to be compared with each other."),
        "matrix", Markup("<ul>{}</ul>").format(joined(Markup("<li>{}</li>").format(s) for s in said)),
    )  # fmt: skip


FIGURES = {"agents-by-cancer": agents_by_cancer, "hazard-ratios": forest, "trials-by-phase": trials_by_phase}
