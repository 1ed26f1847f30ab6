"""The records about what others say: the source reviews with their citations, corrections, disagreements, searches."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import ConfigDict, Field, model_validator

from build_scripts.record import Entity, Named, Record, Sourced
from build_scripts.scalars import (
    ApprovalRef,
    CorrectionRef,
    Count,
    Day,
    EvidenceRef,
    RecordRef,
    ReferenceRef,
    Text,
    TrialRef,
    wrong,
)


class PrintedRow(Record):
    """One row of a table of a source review, as printed: a claim of the review, not ours."""

    model_config = ConfigDict(json_schema_extra={"x-start": ["borne_out_by"]})

    table: Text
    """The table's number."""
    row: Count
    """The row's number in it, counted from 1."""
    agent: Text
    """The agent, as printed."""
    cancer: Text
    """The cancer, as printed."""
    trials: tuple[Text, ...]
    """The trials, as printed."""
    borne_out_by: tuple[ApprovalRef, ...] = ()
    """The approvals in the ledger that bear the row out."""
    corrections: tuple[CorrectionRef, ...] = ()
    """What is wrong with the row, or has changed since."""

    @model_validator(mode="after")
    def _answered(self) -> Self:
        if not self.borne_out_by and not self.corrections:
            raise wrong("point to the approvals that bear the row out, or to a correction")
        return self


class Citing(Record):
    """One number of a source review's reference list, and what it came to."""

    model_config = ConfigDict(json_schema_extra={"x-start": ["key", "support"]})

    number: Count
    """The number, as printed."""
    identifiable: Literal["A", "B", "C", "U"]
    """How well the text identifies the paper: one, probably one, generic, never cited in the text."""
    section: Text
    """Where it is cited first."""
    claim: Text
    """What it stands behind, in our words."""
    key: ReferenceRef | None = None
    """The paper that the number very probably is."""
    replaced_by: ReferenceRef | None = None
    """A verified paper that supports the statement, where the cited one cannot be known."""
    unresolved: Text | None = None
    """Why no paper is named."""
    support: Literal["full", "partial", "none", "not read"] | None = None
    """Whether the paper supports the statement."""
    note: Text | None = None
    """What the paper says instead, or how it was identified."""

    @model_validator(mode="after")
    def _one(self) -> Self:
        if sum(x is not None for x in (self.key, self.replaced_by, self.unresolved)) != 1:
            raise wrong("name the paper (key), one that replaces it (replaced_by), or say why not (unresolved)")
        if (self.unresolved is None) != (self.support is not None):
            raise wrong("say in support whether the paper supports the statement; an unresolved number has none")
        return self

    @property
    def state(self) -> Literal["resolved", "replaced", "unresolved"]:
        """What the number came to, in a word."""
        return "resolved" if self.key else "replaced" if self.replaced_by else "unresolved"


class SourceReview(Entity):
    """One of the reviews from which the site started."""

    reference: ReferenceRef
    """Its own entry in references.bib."""
    licence: Text
    """Under which licence it appeared."""
    registry_numbers: tuple[TrialRef, ...] = ()
    """The registry numbers that its text names."""
    printed: tuple[PrintedRow, ...] = ()
    """The rows of its tables."""
    citations: tuple[Citing, ...] = ()
    """Its numbered references."""


class Saying(Record):
    """What one party says on the matter, in its own words."""

    who: Text
    """A review's id, or the registry, label or paper."""
    as_printed: Text
    """What it prints."""
    at: Text | None = None
    """Where."""


class Correction(Named, Sourced):
    """A place where a review, the registry, a label or a paper disagree, and what holds."""

    kind: Literal["error", "omission", "changed since", "typo"]
    """What sort of difference it is."""
    about: Annotated[tuple[RecordRef, ...], Field(min_length=1)]
    """The records it concerns."""
    says: Annotated[tuple[Saying, ...], Field(min_length=1)]
    """Who says what."""
    holds: Text
    """What holds, in one sentence."""
    why: Text
    """Why we hold that."""

    @property
    def summary(self) -> str:
        """What holds."""
        return self.holds


class Position(Record):
    """What one side holds, in our words."""

    who: Text
    """A review's id, or whose work it is."""
    holds: Text
    """What it says, in one sentence."""
    at: Text | None = None
    """Where."""
    cite: tuple[ReferenceRef, ...] = ()
    """The papers behind it."""


class Disagreement(Named):
    """A point on which the reviews differ from each other, from themselves or from later evidence."""

    model_config = ConfigDict(json_schema_extra={"x-start": ["evidence"]})

    between: Literal["the reviews", "a review and itself", "the reviews and later evidence", "papers"]
    """Who differs."""
    about: Annotated[tuple[RecordRef, ...], Field(min_length=1)]
    """The records it concerns."""
    positions: Annotated[tuple[Position, ...], Field(min_length=2)]
    """Who holds what."""
    state: Literal["settled", "depends on context", "open"]
    """Whether it is settled."""
    answer: Text
    """What settles it, or what would."""
    evidence: tuple[EvidenceRef, ...] = ()
    """The evidence items on which the answer rests."""
    cite: tuple[ReferenceRef, ...] = ()
    """Other references on which it rests."""
    ledger: Text | None = None
    """What the approval ledger says, where that settles it."""

    @model_validator(mode="after")
    def _rests(self) -> Self:
        if not (self.evidence or self.cite or self.ledger):
            raise wrong("say what the answer rests on: evidence, cite or ledger")
        return self

    @property
    def summary(self) -> str:
        """The answer."""
        return self.answer


class Search(Named):
    """One search that was really run."""

    date: Day
    """The day."""
    question: Text
    """What it was to find."""
    where: Annotated[tuple[Text, ...], Field(min_length=1)]
    """The sources searched, as a reader would name them."""
    queries: Annotated[tuple[Text, ...], Field(min_length=1)]
    """The queries, or the rule by which they were made."""
    looks: Count
    """How many look-ups it took."""
    kept: Text
    """What was kept of what was found."""
    limits: Text | None = None
    """What the search could not reach."""

    @property
    def summary(self) -> str:
        """What it was to find."""
        return self.question
