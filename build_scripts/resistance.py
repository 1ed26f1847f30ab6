"""The records of resistance: mechanisms, strategies and biomarkers, the evidence on them, concepts and terms."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from build_scripts.ledger import Interval
from build_scripts.record import Checked, Named, Record, Sourced
from build_scripts.scalars import (
    BiomarkerRef,
    CancerRef,
    ComponentRef,
    Count,
    Day,
    Decimal,
    EvidenceRef,
    FamilyRef,
    MechanismRef,
    Slug,
    Step,
    SubjectRef,
    System,
    TermRef,
    Text,
    TrialRef,
)

# Evidence: what one source says


class Figure(Record):
    """One number of a paper, as printed."""

    what: Text
    """What was measured."""
    value: Decimal
    """The value, as printed."""
    unit: Text
    """The unit: %, months, ratio, of 24."""
    ci: Interval | None = None
    """The confidence interval, as printed."""
    p: Decimal | None = None
    """The p value, as printed."""
    arm: Text | None = None
    """In which arm or group."""
    n: Count | None = None
    """How many patients, animals or samples it is about."""


class Evidence(Record):
    """One thing that one source says, in our own words; not yet what the review concludes."""

    id: Slug
    """Unique in its file and never used again."""
    statement: Text
    """What the source found, in one sentence, with the system it was found in."""
    about: Annotated[tuple[SubjectRef, ...], Field(min_length=1)]
    """The mechanisms, strategies and biomarkers on which it bears."""
    direction: Literal["supports", "contradicts", "mixed"]
    """Whether it supports the mechanism, the strategy or the biomarker."""
    system: Annotated[tuple[System, ...], Field(min_length=1)]
    """In what it was found."""
    phase: Literal["primary", "acquired", "both"] | None = None
    """The resistance it speaks of, if the source says so."""
    cancers: tuple[CancerRef, ...] = ()
    """The cancers."""
    treatment: Text | None = None
    """The checkpoint blockade given, alone or with what."""
    numbers: tuple[Figure, ...] = ()
    """The numbers behind it, as printed."""
    read: Literal["abstract", "full text", "report"]
    """What was read; `report` for news, a digest or a company's statement about the work, not the work itself."""
    checked: Checked
    """How it was checked."""


class Paper(Record):
    """What one reference of the bibliography says; the file's name is the reference's key."""

    items: Annotated[tuple[Evidence, ...], Field(min_length=1)]
    """The evidence items."""

    @property
    def label(self) -> str:
        """Never shown: the page is the reference's."""
        return "evidence"


# What the review makes of it


class Statement(Record):
    """A sentence of the review that rests on evidence items; its citations and its level follow from them."""

    text: Text
    """The sentence."""
    evidence: Annotated[tuple[EvidenceRef, ...], Field(min_length=1)]
    """The items on which it rests, as key:item."""


class Conclusion(Statement):
    """What the review makes of several items, with its own certainty and day."""

    certainty: Literal["high", "moderate", "low", "very low"]
    """How sure the review is."""
    date: Day
    """The day of the judgement."""
    because: Text
    """Why this certainty: consistency, systems, size, what is missing."""


class Account(Named):
    """A record that is told in statements."""

    account: Annotated[tuple[Statement, ...], Field(min_length=1)]
    """What it is and what was found, in about three sentences."""
    conclusions: tuple[Conclusion, ...] = ()
    """What the review makes of the evidence."""
    open_questions: tuple[Text, ...] = ()
    """What nobody knows yet."""

    @property
    def summary(self) -> str:
        """The first sentence of the account."""
        return self.account[0].text


class Phase(Record):
    """A phase of resistance in which a mechanism was seen, with the evidence for it."""

    phase: Literal["primary", "acquired"]
    """From the start, or after a response."""
    evidence: Annotated[tuple[EvidenceRef, ...], Field(min_length=1)]
    """The items that show it."""


class Mechanism(Account):
    """One way in which checkpoint blockade fails."""

    family: FamilyRef
    """The family, which has a page of its own."""
    level: Literal["tumour-intrinsic", "microenvironment", "host"]
    """Where it sits."""
    step: Step
    """The step of the cancer-immunity cycle that it breaks."""
    phases: tuple[Phase, ...] = ()
    """When it was seen; a phase without evidence is not named."""
    molecules: tuple[TermRef, ...] = ()
    """The molecules, by glossary id."""
    cells: tuple[TermRef, ...] = ()
    """The cells, by glossary id."""
    biomarkers: tuple[BiomarkerRef, ...] = ()
    """What shows it."""


class Strategy(Account):
    """One way against resistance."""

    family: FamilyRef
    """The family, which has a page of its own."""
    stage: Literal["preclinical", "clinical", "negative", "approved"]
    """How far it came: negative where the trials that were to settle it failed."""
    answers: tuple[MechanismRef, ...] = ()
    """The mechanisms that it is meant to answer."""
    components: tuple[ComponentRef, ...] = ()
    """Agents and interventions."""
    trials: tuple[TrialRef, ...] = ()
    """Its trials in the review."""
    since: tuple[Statement, ...] = ()
    """What became of it since the source reviews; shown first."""

    @property
    def summary(self) -> str:
        """The first sentence that the page shows."""
        return (*self.since, *self.account)[0].text


class Biomarker(Account):
    """Something measured that goes with response or resistance."""

    measures: Text
    """What is measured."""
    assays: tuple[Text, ...] = ()
    """How."""
    cutoffs: tuple[Text, ...] = ()
    """From which value on."""
    points_to: Literal["response", "resistance", "either"]
    """What a high value or a presence goes with."""
    cancers: tuple[CancerRef, ...] = ()
    """Where it was studied."""


class Family(Named):
    """A family of mechanisms or strategies; its section is the prose beside the record."""

    of: Literal["mechanisms", "strategies"]
    """What it holds."""
    summary: Text
    """One sentence that says what they share."""


class Concept(Named):
    """A page of basics that everything links to; its text is the prose beside the record."""

    summary: Text
    """One sentence that says what it is."""
    order: Count
    """Its place on the student's path."""


class Term(Named, Sourced):
    """One entry of the glossary."""

    group: Literal["cell", "molecule", "term", "taxon"]
    """What sort of thing it is."""
    definition: Text
    """What it means, in one sentence."""
    symbol: Text | None = None
    """The HGNC symbol of a molecule."""
    hgnc: Annotated[str, Field(pattern=r"^HGNC:\d+$", examples=["HGNC:8760"])] | None = None
    """The HGNC identifier."""
