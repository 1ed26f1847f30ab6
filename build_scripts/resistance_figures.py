"""Figures of resistance, drawn from the records: the cycle, the matrices, the interferon pathway, the states of T cells."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from build_scripts.columns import Page
from build_scripts.drawing import Dot, framed, joined, linked, matrix, text

PATIENTS = ("meta-analysis", "randomised trial", "single-arm trial", "cohort", "matched biopsies", "case report")


def _broken_at(page: Page) -> dict[str, list[str]]:
    """The ids of the mechanisms that break each step, in the order of the cycle."""
    steps: dict[str, list[str]] = {step: [] for step in page.review.vocabularies["steps"]}
    for id, mechanism in page.review.mechanisms.items():
        steps.setdefault(str(mechanism.step), []).append(id)
    return steps


def cycle(page: Page) -> Markup:
    """The cancer-immunity cycle with the number of mechanisms that break each step; their own page lists them below it."""
    home = "mechanisms/index.md"
    steps = _broken_at(page)
    *ring, centre = steps
    middle, radius = 200.0, 150.0
    nodes = []
    for place, step in enumerate(ring):
        angle = 2 * math.pi * place / len(ring) - math.pi / 2
        x, y = middle + radius * math.cos(angle), middle + radius * math.sin(angle)
        nodes.append(_node(page, x, y, step, len(steps[step])))
    arrow = Markup('<circle class="ring" cx="{0:.0f}" cy="{0:.0f}" r="{1:.0f}"/>').format(middle, radius)
    drawing = arrow + joined(nodes) + _node(page, middle, middle, centre, len(steps[centre]))
    lists = joined(
        Markup("<dt{}>{} ({})</dt><dd>{}</dd>").format(
            Markup(' id="{}"').format(_step_anchor(step)) if page.path == home else "", step.capitalize(), len(ids),
            Markup(", ").join(page.link("mechanism", id) for id in ids) or "none recorded",
        )
        for step, ids in steps.items()
    )  # fmt: skip
    named = Markup('<dl class="links">{}</dl>').format(lists)
    said = "; ".join(f"{step}: {len(ids)}" for step, ids in steps.items())
    drawn = framed(
        "cycle",
        "Mechanisms of resistance by the step of the cancer-immunity cycle that they break",
        f"Number of mechanisms at each step: {said}.",
        (400, 400),
        drawing,
        Markup(
            "The steps run clockwise from the top; each number is how many recorded mechanisms break that step, and leads to them."
        ),
        "cycle",
        Markup("<p>{}</p>").format(said) if page.path == home else named,
    )
    return drawn + named if page.path == home else drawn


def _step_anchor(step: str) -> str:
    return f"step-{step.replace(' ', '-')}"


def _node(page: Page, x: float, y: float, step: str, count: int) -> Markup:
    words = step.split(" ")
    half = (len(words) + 1) // 2
    lines = [" ".join(words[:half]), " ".join(words[half:])] if len(step) > 12 else [step]
    label = joined(text(x, y + 10 + 13 * i, line, kind="small") for i, line in enumerate(filter(None, lines)))
    return linked(
        page.url("mechanisms/index.md", _step_anchor(step)),
        Markup('<circle class="node" cx="{:.1f}" cy="{:.1f}" r="46"/>').format(x, y)
        + text(x, y - 8, str(count), kind="count")
        + label,
    )


_SUPPRESSORS = (
    "mdsc", "pmn-mdsc", "monocyte", "tumour-associated-neutrophil", "tumour-associated-macrophage",
    "cancer-associated-fibroblast", "fap-caf", "regulatory-t-cell", "follicular-regulatory-t-cell",
)  # fmt: skip


def suppressors(page: Page) -> Markup:
    """Which suppressive cell works by which means, from the cells and molecules of the mechanisms around the tumour."""
    review = page.review
    dots: dict[tuple[str, str], Dot] = {}
    for mechanism in review.mechanisms.values():
        if mechanism.level != "microenvironment":
            continue
        for cell in (c for c in mechanism.cells if c in _SUPPRESSORS):
            for molecule in mechanism.molecules:
                names = [review.terms[str(id)].name if str(id) in review.terms else str(id) for id in (cell, molecule)]
                dots[str(cell), str(molecule)] = Dot(2, f"{names[0]}: {names[1]} ({mechanism.name})")
    if not dots:
        return Markup("")
    cells = sorted({cell for cell, _ in dots})
    molecules = sorted({molecule for _, molecule in dots})
    drawing, size = matrix(
        [(id, page.link("term", id)) for id in cells],
        [(id, review.terms[id].name if id in review.terms else id) for id in molecules],
        dots,
    )
    twin = joined(
        Markup("<dt>{}</dt><dd>{}</dd>").format(
            page.link("term", cell), Markup(", ").join(page.link("term", m) for c, m in sorted(dots) if c == cell)
        )
        for cell in cells
    )
    return framed(
        "suppressors",
        "Cells around the tumour and the means by which they quiet T cells",
        "; ".join(dot.words for _, dot in sorted(dots.items())) + ".",
        size,
        drawing,
        Markup(
            "A dot says that a recorded mechanism names the cell and the molecule together; its own page has the evidence."
        ),
        "matrix",
        Markup('<dl class="links">{}</dl>').format(twin),
    )


def strategy_matrix(page: Page) -> Markup:
    """Mechanisms against families of strategies, with the strongest system in which the strategies were studied."""
    review = page.review
    families = [(id, f.name) for id, f in review.families.items() if f.of == "strategies"]
    dots: dict[tuple[str, str], Dot] = {}
    for id, strategy in review.strategies.items():
        systems = {str(s) for ref in review.evidence_on.get(("strategy", id), ()) for s in review.evidence[ref].system}
        strength = (
            3
            if "randomised trial" in systems or "meta-analysis" in systems
            else 2
            if systems & set(PATIENTS)
            else 1
            if systems
            else 0
        )
        level = ("no evidence item", "animals or cells", "patients", "randomised trials")[strength]
        for mechanism in strategy.answers:
            spot = (str(mechanism), str(strategy.family))
            old = dots.get(spot)
            words = f"{strategy.name} ({level})"
            dots[spot] = Dot(max(strength, old.strength), f"{old.words}; {words}") if old else Dot(strength, words)
    rows = [
        (id, page.link("mechanism", id))
        for id, m in sorted(review.mechanisms.items(), key=lambda item: (str(item[1].family), item[0]))
    ]
    drawing, size = matrix(rows, families, dots)
    twin = joined(
        Markup("<dt>{}</dt><dd>{}</dd>").format(
            label, "; ".join(dot.words for (m, _), dot in sorted(dots.items()) if m == id) or "no strategy recorded"
        )
        for id, label in rows
    )
    return framed(
        "strategy-matrix",
        "Mechanisms and the families of strategies that answer them",
        f"{len(rows)} mechanisms against {len(families)} families of strategies; the list in words says which.",
        size,
        drawing,
        Markup(
            "A dot says that a strategy of the family is meant to answer the mechanism. "
            "It grows from animals or cells, over patients, to randomised trials; size says how it was studied, not whether it worked."
        ),
        "matrix",
        Markup('<dl class="links">{}</dl>').format(twin),
    )


def levels(page: Page) -> Markup:
    """The mechanisms in three columns: in the tumour cell, around it, in the host."""
    columns: dict[str, list[str]] = {"tumour-intrinsic": [], "microenvironment": [], "host": []}
    for id, mechanism in page.review.mechanisms.items():
        columns[mechanism.level].append(id)
    high = 16.0
    most = max(map(len, columns.values()), default=0)
    parts = []
    for place, (level, ids) in enumerate(columns.items()):
        x = 8 + place * 310.0
        parts.append(text(x, 18, f"{level} ({len(ids)})", "start", "count"))
        for row, id in enumerate(ids):
            parts.append(text(x, 40 + row * high, page.link("mechanism", id), "start"))
    said = "; ".join(f"{level}: {len(ids)}" for level, ids in columns.items())
    return framed(
        "levels", "Mechanisms by where they sit", f"{said}.", (930, 48 + most * high), joined(parts),
        Markup("In the tumour cell itself, in the microenvironment around it, or in the host."), "matrix",
    )  # fmt: skip


@dataclass(frozen=True)
class Place:
    """A molecule at its place in a pathway, by glossary id."""

    term: str
    x: float
    y: float


_PATHWAY = (
    Place("ifn-gamma", 190, 30), Place("ifngr1", 130, 90), Place("ifngr2", 250, 90), Place("jak1", 130, 150),
    Place("jak2", 250, 150), Place("stat1", 190, 210), Place("nlrc5", 130, 270), Place("pd-l1", 310, 270),
    Place("tap1", 44, 330), Place("lmp7", 130, 330), Place("b2m", 216, 330), Place("mhc-class-i", 130, 390),
)  # fmt: skip
_BREAKS = {
    "ifn-gamma-pathway-loss": ("ifngr1", "ifngr2", "stat1"),
    "jak1-jak2-loss": ("jak1", "jak2"),
    "tap-immunoproteasome-loss": ("tap1", "lmp7"),
    "b2m-loss": ("b2m",),
    "hla-class-i-loss": ("mhc-class-i",),
}
"""The molecules that a mechanism takes away; it may name others that merely take part."""
_FLOW = (
    ("ifn-gamma", "ifngr1"), ("ifn-gamma", "ifngr2"), ("ifngr1", "jak1"), ("ifngr2", "jak2"), ("jak1", "stat1"),
    ("jak2", "stat1"), ("stat1", "nlrc5"), ("stat1", "pd-l1"), ("nlrc5", "tap1"), ("nlrc5", "lmp7"), ("nlrc5", "b2m"),
    ("tap1", "mhc-class-i"), ("lmp7", "mhc-class-i"), ("b2m", "mhc-class-i"),
)  # fmt: skip


def interferon_pathway(page: Page) -> Markup:
    """From interferon gamma to MHC class I and PD-L1, with the mechanisms that break each molecule inside the tumour cell."""
    places = {place.term: place for place in _PATHWAY}
    breaks: dict[str, list[str]] = {}
    for id, lost in _BREAKS.items():
        mechanism = page.review.mechanisms.get(id)
        for molecule in lost if mechanism else ():
            if molecule in mechanism.molecules:
                breaks.setdefault(molecule, []).append(id)
    arrows = joined(
        Markup('<line x1="{:.0f}" y1="{:.0f}" x2="{:.0f}" y2="{:.0f}"/>').format(
            places[a].x, places[a].y + 12, places[b].x, places[b].y - 14
        )
        for a, b in _FLOW
    )
    nodes = []
    for term, place in places.items():
        record = page.review.terms.get(term)
        lost = " lost" if term in breaks else ""
        name = record.symbol or record.name if record else term
        nodes.append(
            Markup('<rect class="molecule{}" x="{:.0f}" y="{:.0f}" width="72" height="24" rx="4"/>').format(lost, place.x - 36, place.y - 13)
            + linked(page.link_address("term", term), text(place.x, place.y + 4, name if len(name) < 12 else "IFN-γ" if term == "ifn-gamma" else "MHC-I", kind="small"))
            + (Markup('<path class="gone" d="M{:.0f} {:.0f}l8 8m0 -8l-8 8"/>').format(place.x + 30, place.y - 17) if lost else Markup(""))
        )  # fmt: skip
    twin = joined(
        Markup("<dt>{}</dt><dd>{}</dd>").format(
            page.link("term", term), Markup(", ").join(page.link("mechanism", id) for id in breaks.get(term, ())) or "no recorded mechanism breaks it",
        )
        for term in places
    )  # fmt: skip
    said = "; ".join(f"{term} broken by {', '.join(ids)}" for term, ids in sorted(breaks.items()) if term in places)
    return framed(
        "interferon-pathway", "From interferon gamma to MHC class I and PD-L1 inside the tumour cell",
        f"The receptor passes the signal over JAK1 and JAK2 to STAT1, which raises PD-L1 and, over NLRC5, the machinery of MHC class I. {said}.",
        (370, 420), arrows + joined(nodes),
        Markup("A cross marks a molecule that a recorded mechanism breaks; the list in words leads to the mechanisms."),
        "narrow", Markup('<dl class="links">{}</dl>').format(twin),
    )  # fmt: skip


_STATES = (
    ("naive", 50, 60), ("effector", 210, 60), ("memory", 370, 60), ("exhausted", 210, 150), ("re-invigorated", 370, 150),
    ("exhausted again", 370, 240),
)  # fmt: skip
_MOVES = (
    ("naive", "effector", "priming"), ("effector", "memory", "antigen gone"), ("effector", "exhausted", "antigen stays"),
    ("exhausted", "re-invigorated", "blockade"), ("re-invigorated", "exhausted again", "in time"),
)  # fmt: skip


def states(page: Page) -> Markup:
    """Two small diagrams: the states of a T cell, and a chemokine gene of the tumour that is on or silenced."""
    at = {name: (x, y) for name, x, y in _STATES}
    moves = joined(
        Markup('<line x1="{:.0f}" y1="{:.0f}" x2="{:.0f}" y2="{:.0f}" class="flow"/>').format(*_edge(at[a], at[b]))
        + text((at[a][0] + at[b][0]) / 2 + (0 if at[a][1] == at[b][1] else 6), (at[a][1] + at[b][1]) / 2 + (-6 if at[a][1] == at[b][1] else 4), words, "middle" if at[a][1] == at[b][1] else "start", "small")
        for a, b, words in _MOVES
    )  # fmt: skip
    cells = joined(
        Markup('<rect class="molecule" x="{:.0f}" y="{:.0f}" width="88" height="28" rx="14"/>').format(x - 44, y - 14) + text(x, y + 4, name, kind="small")
        for name, x, y in _STATES
    )  # fmt: skip
    gene = (
        text(20, 290, "Tumour gene", "start", "count")
        + Markup('<rect class="molecule" x="20" y="304" width="130" height="28" rx="4"/>') + text(85, 322, "CXCL9, CXCL10 on", kind="small")
        + Markup('<rect class="molecule lost" x="220" y="304" width="130" height="28" rx="4"/>') + text(285, 322, "silenced", kind="small")
        + Markup('<line class="flow" x1="150" y1="318" x2="218" y2="318"/>') + text(184, 312, "EZH2, DNMT", kind="small")
        + text(85, 350, "T cells are called", kind="small") + text(285, 350, "fewer T cells come", kind="small")
    )  # fmt: skip
    known = page.review.mechanisms
    named = [
        id for id in ("epigenetic-scar-of-exhaustion", "tox-exhaustion-programme", "chemokine-silencing") if id in known
    ]
    twin = Markup("<p>{}</p><p>{}</p>").format(
        "; ".join(f"{a} to {b} ({words})" for a, b, words in _MOVES)
        + "; exhausted cells that blockade re-invigorates do not become memory cells.",
        Markup(", ").join(page.link("mechanism", id) for id in named),
    )
    return framed(
        "states", "Epigenetic states of T cells and of a tumour gene",
        "; ".join(f"{a} to {b} by {words}" for a, b, words in _MOVES) + "; a chemokine gene of the tumour is on, or silenced by EZH2 and DNA methyltransferases.",
        (420, 360), text(20, 24, "T cell", "start", "count") + moves + cells + gene,
        Markup("No arrow leads from a re-invigorated cell to memory: that step was not seen. The pages named in words have the evidence."),
        "narrow", twin,
    )  # fmt: skip


def _edge(a: Sequence[float], b: Sequence[float]) -> tuple[float, float, float, float]:
    if a[1] == b[1]:
        return a[0] + 44, a[1], b[0] - 44, b[1]
    return a[0], a[1] + 14, b[0], b[1] - 14


FIGURES = {
    "cycle": cycle,
    "interferon-pathway": interferon_pathway,
    "levels": levels,
    "states": states,
    "strategy-matrix": strategy_matrix,
    "suppressors": suppressors,
}
