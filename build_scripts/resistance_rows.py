"""The rows of the datasets on resistance: a record as it stands, with what follows from other records."""

from __future__ import annotations

from build_scripts.ledger import Intervention
from build_scripts.links import SERVED, address
from build_scripts.resistance import Biomarker, Concept, Evidence, Family, Mechanism, Statement, Strategy, Term
from build_scripts.review import Review
from build_scripts.row import Row, head, pointing, told
from build_scripts.sources import Disagreement, Search


class MechanismRow(Mechanism, Row):
    """One way in which checkpoint blockade fails."""

    strategies: tuple[str, ...]
    """Ids of the strategies that are meant to answer it."""
    evidence: tuple[str, ...]
    """Full ids of the evidence items on it, strongest system first."""


class StrategyRow(Strategy, Row):
    """One way against resistance."""

    evidence: tuple[str, ...]
    """Full ids of the evidence items on it, strongest system first."""


class BiomarkerRow(Biomarker, Row):
    """Something measured that goes with response or resistance."""

    mechanisms: tuple[str, ...]
    """Ids of the mechanisms that it shows."""
    evidence: tuple[str, ...]
    """Full ids of the evidence items on it, strongest system first."""


class EvidenceRow(Evidence, Row):
    """One thing that one source says."""

    id: str  # type: ignore[assignment]
    """The full id, `reference:item`; it never changes."""
    reference: str
    """The key of the source."""
    cited_by: tuple[str, ...]
    """Where the source reviews cite it, such as `zhou-2022 40`."""


class FamilyRow(Family, Row):
    """A family of mechanisms or strategies."""

    members: tuple[str, ...]
    """Ids of its members."""


class ConceptRow(Concept, Row):
    """A page of basics."""


class TermRow(Term, Row):
    """One entry of the glossary."""


class DisagreementRow(Disagreement, Row):
    """A point on which the reviews differ."""


class SearchRow(Search, Row):
    """One search that was run."""


class InterventionRow(Intervention, Row):
    """What is given beside a checkpoint inhibitor."""

    strategies: tuple[str, ...]
    """Ids of the strategies that use it."""
    combinations: tuple[str, ...]
    """Ids of the approved combinations that hold it."""


def mechanisms(review: Review) -> list[MechanismRow]:
    """One row per mechanism."""
    return [
        MechanismRow(
            **head(review, "mechanism", id, m),
            **told(m),
            strategies=pointing(review, "mechanism", id, "strategy"),
            evidence=review.evidence_on.get(("mechanism", id), ()),
        )
        for id, m in review.mechanisms.items()
    ]


def strategies(review: Review) -> list[StrategyRow]:
    """One row per strategy."""
    return [
        StrategyRow(**head(review, "strategy", id, s), **told(s), evidence=review.evidence_on.get(("strategy", id), ()))
        for id, s in review.strategies.items()
    ]


def biomarkers(review: Review) -> list[BiomarkerRow]:
    """One row per biomarker."""
    return [
        BiomarkerRow(
            **head(review, "biomarker", id, b),
            **told(b),
            mechanisms=pointing(review, "biomarker", id, "mechanism"),
            evidence=review.evidence_on.get(("biomarker", id), ()),
        )
        for id, b in review.biomarkers.items()
    ]


def evidence(review: Review) -> list[EvidenceRow]:
    """One row per evidence item."""
    return [
        EvidenceRow(
            **told(item) | {"id": full},
            url=address(SERVED, "evidence", full),
            verified=item.checked.verified,
            checked=item.checked,
            due=None,
            reference=full.partition(":")[0],
            cited_by=tuple(f"{id} {citing.number}" for id, citing in review.citing.get(full.partition(":")[0], ())),
        )
        for full, item in sorted(review.evidence.items())
    ]


def families(review: Review) -> list[FamilyRow]:
    """One row per family."""
    return [
        FamilyRow(
            **head(review, "family", id, f),
            **told(f),
            members=pointing(review, "family", id, "mechanism") + pointing(review, "family", id, "strategy"),
        )
        for id, f in review.families.items()
    ]


def concepts(review: Review) -> list[ConceptRow]:
    """One row per concept, in the order of the student's path."""
    rows = [ConceptRow(**head(review, "concept", id, c), **told(c)) for id, c in review.concepts.items()]
    return sorted(rows, key=lambda row: row.id)


def terms(review: Review) -> list[TermRow]:
    """One row per entry of the glossary."""
    return [TermRow(**head(review, "term", id, t), **told(t)) for id, t in review.terms.items()]


def disagreements(review: Review) -> list[DisagreementRow]:
    """One row per disagreement."""
    return [DisagreementRow(**head(review, "disagreement", id, d), **told(d)) for id, d in review.disagreements.items()]


def searches(review: Review) -> list[SearchRow]:
    """One row per search."""
    return [SearchRow(**head(review, "search", id, s), **told(s)) for id, s in review.searches.items()]


def interventions(review: Review) -> list[InterventionRow]:
    """One row per intervention."""
    return [
        InterventionRow(
            **head(review, "intervention", id, i),
            **told(i),
            strategies=pointing(review, "intervention", id, "strategy"),
            combinations=pointing(review, "intervention", id, "combination"),
        )
        for id, i in review.interventions.items()
    ]


def level(review: Review, statement: Statement) -> str:
    """The level of evidence of a statement: the strongest system in which any of its items was found."""
    strength = list(review.vocabularies["systems"])
    systems = {str(s) for id in statement.evidence if id in review.evidence for s in review.evidence[id].system}
    return min(systems, key=lambda s: strength.index(s) if s in strength else len(strength), default="none")
