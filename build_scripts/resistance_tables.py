"""The tables on resistance: mechanisms, strategies, biomarkers, evidence, disagreements, interventions, glossary, searches."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup, escape

from build_scripts.columns import Column, Page, View, linked, listed
from build_scripts.resistance import Figure


def number(figure: Figure) -> str:
    """One number of a paper in words: what, value, unit, interval, p, and whom it is about."""
    unit = {"%": " %", "ratio": ""}.get(figure.unit, f" {figure.unit}")
    said = f"{figure.what}: {figure.value}{unit}"
    if figure.ci:
        said += f" ({figure.ci.level} % CI {figure.ci.low} to {figure.ci.high})"
    if figure.p:
        said += f", p {figure.p if figure.p[0] in '<>≤≥' else '= ' + figure.p}"
    about = ", ".join(filter(None, (figure.arm, figure.n is not None and f"n = {figure.n}")))
    return f"{said} ({about})" if about else said


def _statement(page: Page, row: Any) -> Markup:
    numbers = Markup("").join(Markup("<li>{}</li>").format(number(n)) for n in row.numbers)
    listed_numbers = Markup('<ul class="numbers">{}</ul>').format(numbers) if row.numbers else Markup("")
    return escape(row.statement) + listed_numbers


def _system(page: Page, row: Any) -> str:
    read = {"abstract": ["abstract read"], "report": ["only a report of it read"]}.get(row.read, [])
    return ", ".join((*row.system, *read))


def _cited_by(page: Page, row: Any) -> Markup:
    places = []
    for place in row.cited_by:
        id, _, number = place.rpartition(" ")
        places.append(page.link("review", id, f"{id} ({number})"))
    return listed(places, "found since")


def _phases(page: Page, row: Any) -> str:
    return " and ".join(phase.phase for phase in row.phases) or "not shown"


def _count(page: Page, row: Any) -> str:
    return str(len(row.evidence))


def _about(page: Page, row: Any) -> Markup:
    return listed([page.link(*named.partition(":")[::2]) for named in row.about])


def _citing(page: Page, row: Any) -> Markup:
    if row.unresolved:
        return Markup('<span class="status">unresolved</span> {}').format(row.unresolved)
    key = str(row.key or row.replaced_by)
    said = page.link("reference", key) + Markup(' <span class="status">{}</span>').format(row.state)
    return said + (Markup(' <span class="detail">{}</span>').format(row.note) if row.note else Markup(""))


def _term(page: Page, row: Any) -> Markup:
    also = Markup(' <span class="detail">{}</span>').format(", ".join(row.aliases)) if row.aliases else Markup("")
    gene = Markup(' <span class="marker">{}</span>').format(row.symbol) if row.symbol else Markup("")
    return escape(row.name) + gene + also


COLUMNS = {
    "about": Column("Concerns", _about),
    "acts on": Column("Acts on", lambda page, row: row.acts_on or "–"),
    "answer": Column("What settles it", lambda page, row: row.answer),
    "answers": linked("Answers", "mechanism", "answers"),
    "between": Column("Between", lambda page, row: row.between),
    "biomarker": Column("Biomarker", lambda page, row: page.link("biomarker", row.id)),
    "biomarkers": linked("Biomarkers", "biomarker", "biomarkers"),
    "cited by": Column("Cited by", _cited_by),
    "components": Column("With what", lambda page, row: page.components(row.components)),
    "concept": Column("Page", lambda page, row: page.link("concept", row.id)),
    "day": Column("Day", lambda page, row: row.date),
    "definition": Column("Meaning", lambda page, row: row.definition),
    "direction": Column(
        "Says", lambda page, row: Markup('<span class="direction {0}">{0}</span>').format(row.direction)
    ),
    "disagreement": Column("Matter", lambda page, row: page.link("disagreement", row.id)),
    "evidence": Column("Evidence items", _count),
    "evidence source": Column("Source", lambda page, row: page.evidence_label(row.id) + page.check_mark(row.checked)),
    "evidence statement": Column("Finding", _statement),
    "evidence trials": linked("Trials", "trial", "trials"),
    "family": Column("Family", lambda page, row: page.link("family", row.family)),
    "family record": Column("Family", lambda page, row: page.link("family", row.id)),
    "found in": Column("Found in", _system),
    "intervention": Column("Intervention", lambda page, row: page.link("intervention", row.id)),
    "intervention class": Column("Kind", lambda page, row: row.intervention_class),
    "level": Column("Level", lambda page, row: row.level),
    "looks": Column("Look-ups", lambda page, row: str(row.looks)),
    "measures": Column("What is measured", lambda page, row: row.measures),
    "mechanism": Column("Mechanism", lambda page, row: page.link("mechanism", row.id)),
    "mechanisms": linked("Mechanisms", "mechanism", "mechanisms"),
    "members": Column("Members", lambda page, row: str(len(row.members))),
    "phases": Column("Seen in resistance", _phases),
    "points to": Column("Goes with", lambda page, row: row.points_to),
    "question": Column("What for", lambda page, row: row.question),
    "search": Column("Search", lambda page, row: page.link("search", row.id)),
    "stage": Column("Stage", lambda page, row: Markup('<span class="stage {0}">{0}</span>').format(row.stage)),
    "state": Column("State", lambda page, row: row.state),
    "statement": Column("What was found", _statement),
    "step": Column("Step", lambda page, row: row.step),
    "strategies": linked("Strategies", "strategy", "strategies"),
    "strategy": Column("Strategy", lambda page, row: page.link("strategy", row.id)),
    "summary": Column("In short", lambda page, row: row.summary),
    "term": Column("Term", _term),
}

CITATION_COLUMNS = (
    Column("Number", lambda page, row: str(row.number)),
    Column("Stands behind", lambda page, row: row.claim),
    Column("Class", lambda page, row: row.identifiable),
    Column("Came to", _citing),
    Column("Supports it", lambda page, row: row.support or "–"),
)
"""The numbered references of a source review."""

POSITION_COLUMNS = (
    Column("Who", lambda page, row: page.link("review", row.who) if row.who in page.review.reviews else row.who),
    Column("Holds", lambda page, row: escape(row.holds) + Markup("").join(page.cite(str(key)) for key in row.cite)),
    Column("Where", lambda page, row: row.at or "–"),
)
"""Who holds what in a disagreement."""

_BY_NAME = {"order": lambda row: row.name.casefold()}

VIEWS = {
    "biomarkers": View(
        "biomarkers", "Biomarkers", ("biomarker", "measures", "points to", "mechanisms", "evidence"), **_BY_NAME
    ),
    "concepts": View("concepts", "Basics, in the order of the student's path", ("concept", "summary"), order=lambda row: row.order),
    "disagreements": View("disagreements", "Disagreements", ("disagreement", "between", "state", "answer"), **_BY_NAME),
    "evidence": View(
        "evidence", "Evidence", ("evidence source", "statement", "direction", "found in", "cancers", "cited by")
    ),
    "glossary": View("glossary", "Glossary", ("term", "definition"), **_BY_NAME),
    "interventions": View(
        "interventions", "Interventions", ("intervention", "intervention class", "acts on", "strategies"), **_BY_NAME
    ),
    "mechanisms": View(
        "mechanisms",
        "Mechanisms of resistance",
        ("mechanism", "family", "level", "step", "phases", "strategies", "evidence"),
        **_BY_NAME,
    ),
    "negative strategies": View(
        "strategies",
        "Strategies whose deciding trials failed",
        ("strategy", "summary", "evidence trials", "evidence"),
        keep=lambda row: row.stage == "negative",
        **_BY_NAME,
    ),
    "potential combinations": View(
        "strategies",
        "Potential combinations: strategies that no approved regimen holds yet",
        ("strategy", "stage", "components", "answers", "evidence"),
        keep=lambda row: row.stage in ("preclinical", "clinical"),
        **_BY_NAME,
    ),
    "searches": View("searches", "Searches", ("search", "day", "question", "looks"), order=lambda row: row.date, newest_first=True),
    "strategies": View(
        "strategies",
        "Strategies against resistance",
        ("strategy", "family", "stage", "answers", "evidence"),
        **_BY_NAME,
    ),
    "strategies by trial": View(
        "strategies",
        "Strategies and their trials",
        ("strategy", "stage", "components", "evidence trials"),
        keep=lambda row: bool(row.trials),
        **_BY_NAME,
    ),
    "families": View("families", "Families", ("family record", "summary", "members"), order=lambda row: (row.of, row.id)),
}  # fmt: skip
