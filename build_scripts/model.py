"""The record types of the review: frozen, refusing unknown fields, one description per field; and their JSON Schemas."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from build_scripts.scalars import (
    AgentRef,
    ApprovalRef,
    AsOf,
    CancerRef,
    CombinationClass,
    ComponentRef,
    CorrectionRef,
    Count,
    Day,
    Decimal,
    Line,
    Marker,
    Modality,
    RecordRef,
    ReferenceRef,
    Regulator,
    Route,
    Setting,
    Slug,
    TargetRef,
    Text,
    TrialRef,
    Url,
    wrong,
)
from build_scripts.source import Path, Problem, Source, suggestion


class Record(BaseModel):
    """What all records share: they never change, and a field that nobody knows is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    @cached_property
    def leaves(self) -> tuple[tuple[Path, Any], ...]:
        """Every leaf and every check inside, with its path in the file."""
        return tuple(walk(self))

    @cached_property
    def checks(self) -> tuple[tuple[Path, Checked], ...]:
        """Every check inside, with its path in the file."""
        return tuple((path, leaf) for path, leaf in self.leaves if isinstance(leaf, Checked))


def walk(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Every leaf and every check inside a record, with its path in the file."""
    if isinstance(value, Record):
        if isinstance(value, Checked):
            yield path, value
        for name, info in type(value).model_fields.items():
            yield from walk(getattr(value, name), (*path, info.alias or name))
    elif isinstance(value, tuple):
        for index, child in enumerate(value):
            yield from walk(child, (*path, index))
    elif isinstance(value, dict):
        for key, child in value.items():
            yield from walk(child, (*path, key))
    elif value is not None:
        yield path, value


# Provenance


class Basis(Record):
    """What a statement rests on: a reference, or a page of a regulator, registry or company."""

    cite: ReferenceRef | None = None
    """A key in references.bib."""
    page: Url | None = None
    """The address of the page that makes the statement."""
    at: Text | None = None
    """Where in it: section, table, abstract, row."""

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.cite is None) == (self.page is None):
            raise wrong("name either a reference (cite) or a page, and not both")
        return self


class Checked(Record):
    """How and when somebody looked a statement up, or why nobody could."""

    date: Day | None = None
    """The day of the look-up."""
    page: Url | None = None
    """The canonical address of what was read."""
    via: Url | None = None
    """The address of the copy that was read, if it is another."""
    as_of: AsOf | None = None
    """The day that the copy shows for itself, or `unknown`."""
    unverified: Text | None = None
    """Why the statement could not be checked; stands alone."""

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.unverified is not None:
            if any((self.date, self.page, self.via, self.as_of)):
                raise wrong("unverified stands alone: take it out, or take out date, page, via and as_of")
            return self
        for name in ("date", "page", "as_of"):
            if getattr(self, name) is None:
                raise wrong(f"missing {name}; a check has date, page and as_of, or says `unverified: <why>`")
        if len(self.date or "") != 10:
            raise wrong("the date of a look-up is a full day, YYYY-MM-DD")
        if self.via == self.page:
            raise wrong("via repeats page; leave it out")
        return self

    @property
    def verified(self) -> bool:
        """Whether somebody saw the statement on a page."""
        return self.unverified is None

    @property
    def known_as_of(self) -> str | None:
        """The day from which freshness counts, or None for an undated or unchecked copy."""
        return None if self.as_of in (None, "unknown") else str(self.as_of)


class Claim(Record):
    """A row that says where it comes from and how it was checked."""

    source: Basis
    """What the row rests on."""
    checked: Checked
    """How it was checked."""


class SecondSource(Claim):
    """Another source for the same row, where the first is weak."""


class Sourced(Claim):
    """A claim that may name further sources."""

    also: tuple[SecondSource, ...] = ()
    """Further sources, where the first is weak."""


# Approvals


class Event(Sourced):
    """One action of a regulator on one use."""

    event: Literal["approved", "converted", "narrowed", "widened", "withdrawn"]
    """What the regulator did."""
    date: Day
    """The day of the regulator's action."""
    detail: Text | None = None
    """What the action changed, in one sentence."""
    reason: Text | None = None
    """Why: who asked, which trial failed."""


class Biomarker(Record):
    """The biomarker that a use asks for."""

    marker: Marker
    """What is measured."""
    cutoff: Text | None = None
    """From which value on, with the score it is measured in."""


class Approval(Record):
    """One use of a regimen that a regulator let onto the market, with its whole life."""

    id: Slug
    """Unique in its file and never used again."""
    regulator: Regulator
    """Who decided."""
    cancer: CancerRef
    """The cancer of the use."""
    also_in: tuple[CancerRef, ...] = ()
    """Other cancers that the same use covers."""
    setting: Setting
    """The stage of care."""
    line: Line
    """The line of systemic treatment."""
    population: Text
    """Who may be treated, in our own words, with age where the label gives one."""
    biomarker: Biomarker | None = None
    """The biomarker that the use asks for, if any."""
    regimen: Text | None = None
    """The partners in the label's detail; combinations only."""
    pathway: Literal["accelerated", "regular"]
    """The kind of the first approval of this use."""
    trials: tuple[TrialRef, ...]
    """The trials on which the use rests."""
    no_trial: Text | None = None
    """Why no trial is named, if none is."""
    events: Annotated[tuple[Event, ...], Field(min_length=1)]
    """The regulator's actions, oldest first."""

    @model_validator(mode="after")
    def _trials(self) -> Self:
        if bool(self.trials) == bool(self.no_trial):
            raise wrong("name the pivotal trials, or say in no_trial why there is none")
        return self

    @property
    def approved_on(self) -> Day:
        """The day of the first approval."""
        return next((e.date for e in self.events if e.event == "approved"), self.events[0].date)

    @property
    def last_event(self) -> Event:
        """The newest action."""
        return self.events[-1]

    def in_force_on(self, day: str) -> bool:
        """Whether the use was on the label on a day, counting the actions of that very day."""
        past = [e.event for e in self.events if e.date <= day]
        return bool(past) and past[-1] != "withdrawn"

    @property
    def status(self) -> Literal["in force", "withdrawn"]:
        """Derived from the last action."""
        return "withdrawn" if self.last_event.event == "withdrawn" else "in force"

    @property
    def withdrawn_on(self) -> Day | None:
        """The day on which the use ended, if it did."""
        return self.last_event.date if self.status == "withdrawn" else None

    @property
    def biomarker_words(self) -> str | None:
        """The biomarker with its cut-off, as one phrase."""
        if self.biomarker is None:
            return None
        return " ".join(filter(None, (str(self.biomarker.marker), self.biomarker.cutoff)))


# Entities


class Entity(Sourced):
    """A record with a name of its own and a page."""

    name: Text
    """The name as readers see it."""
    aliases: tuple[Text, ...] = ()
    """Other names, codes and abbreviations, for the search."""
    summary: Text
    """One sentence that says what it is."""

    @property
    def label(self) -> str:
        """The words of a link to the record."""
        return self.name


class Agent(Entity):
    """A product with its own FDA proper name."""

    inn: Text
    """The international non-proprietary name."""
    proper_name: Text | None = None
    """The FDA proper name, with its suffix."""
    brands: tuple[Text, ...] = ()
    """Brand names."""
    applicant: Text | None = None
    """Who holds the licence, as the label names it."""
    targets: Annotated[tuple[TargetRef, ...], Field(min_length=1)]
    """What it binds."""
    modality: Modality
    """The kind of molecule."""
    antibody_class: Text | None = None
    """Species form, isotype and light chain, such as humanised IgG4 kappa."""
    routes: tuple[Route, ...] = ()
    """How it is given."""
    form_of: AgentRef | None = None
    """The agent of which this is another form; such forms are not counted as antibodies of their own."""
    ids: dict[Slug, Text] = Field(default_factory=dict)
    """Identifiers elsewhere, by register: unii, atc, chembl, drugbank, wikidata."""
    first_fda_approval: Day | None = None
    """The first approval of the product by the FDA, alone or in a combination."""
    approvals: tuple[Approval, ...] = ()
    """The uses of the agent alone."""


class FixedDose(Record):
    """The one product that holds all components."""

    proper_name: Text
    """The FDA proper name."""
    brand: Text
    """The brand name."""
    applicant: Text | None = None
    """Who holds the licence."""


class Combination(Record):
    """Two or more components of which at least one is a checkpoint inhibitor."""

    name: Text
    """The components as readers say them."""
    aliases: tuple[Text, ...] = ()
    """Other names and abbreviations, for the search."""
    summary: Text
    """One sentence that says what it is."""
    components: Annotated[tuple[ComponentRef, ...], Field(min_length=2)]
    """Agents and partners."""
    combination_class: CombinationClass = Field(alias="class")
    """The class, after what is added to the checkpoint inhibitor."""
    fixed_dose: FixedDose | None = None
    """The product, where it is one."""
    approvals: tuple[Approval, ...] = ()
    """The uses of the combination."""

    @property
    def label(self) -> str:
        """The words of a link to the record."""
        return self.name


class Target(Entity):
    """A molecule that an agent binds."""

    symbol: Text
    """The HGNC symbol."""
    hgnc: Annotated[str, Field(pattern=r"^HGNC:\d+$")]
    """The HGNC identifier."""


class Cancer(Entity):
    """A type of cancer, or a group of cancers that one approval covers."""

    ids: dict[Slug, Text] = Field(default_factory=dict)
    """Identifiers elsewhere: mondo, oncotree."""


class Design(Record):
    """How the trial allots its participants, in the registry's words."""

    allocation: Literal["RANDOMIZED", "NON_RANDOMIZED", "NA"] | None = None
    """How participants come into arms."""
    masking: Literal["NONE", "SINGLE", "DOUBLE", "TRIPLE", "QUADRUPLE"] | None = None
    """Who does not know the arm."""
    arms: Count | None = None
    """How many arms."""


class Enrollment(Record):
    """How many took part, as the registry says."""

    count: Count
    """Participants."""
    type: Literal["ACTUAL", "ESTIMATED"] | None = None
    """Counted or planned."""


class Interval(Record):
    """A confidence interval."""

    level: Decimal
    """The level in percent."""
    low: Decimal
    """The lower bound, as printed."""
    high: Decimal
    """The upper bound, as printed; leave the interval out if it is open."""


class Readout(Sourced):
    """One result of one analysis, as printed."""

    id: Slug
    """Unique in its file."""
    analysis: Literal["interim", "primary", "final", "update"]
    """Which look at the data."""
    endpoint: Text
    """What was measured."""
    measure: Text
    """How it is expressed: hazard ratio, rate, median, difference."""
    arms: Annotated[tuple[Text, ...], Field(min_length=1)]
    """The arms, the experimental one first."""
    population: Text | None = None
    """Whom the result is about, if not everybody."""
    value: Decimal
    """The value, as printed."""
    unit: Text
    """The unit: ratio, %, months."""
    ci: Interval | None = None
    """The confidence interval, as printed."""
    p: Decimal | None = None
    """The p value, as printed."""
    follow_up: Text | None = None
    """How long participants were followed, as printed."""
    data_cut: Day | None = None
    """The day on which the data were closed."""
    outcome: Literal["positive", "negative", "descriptive"]
    """Whether the comparison met its aim; descriptive where none was tested."""


Status = Literal[
    "NOT_YET_RECRUITING",
    "RECRUITING",
    "ENROLLING_BY_INVITATION",
    "ACTIVE_NOT_RECRUITING",
    "COMPLETED",
    "SUSPENDED",
    "TERMINATED",
    "WITHDRAWN",
    "UNKNOWN",
]
Phase = Literal["EARLY_PHASE1", "PHASE1", "PHASE2", "PHASE3", "PHASE4", "NA"]


class NoPublication(Record):
    """The search that found no primary publication."""

    searched: Text
    """What was searched."""
    date: Day
    """On which day."""


class Trial(Sourced):
    """A registered trial; its id is its registry number."""

    acronym: Text | None = None
    """The acronym or study name."""
    title: Text
    """The brief title, as registered."""
    summary: Text
    """One sentence that says what the trial asked."""
    phase: tuple[Phase, ...]
    """The phases, in ClinicalTrials.gov's words."""
    status: Status | None
    """The status on `status_as_of`, in ClinicalTrials.gov's words; null if not seen."""
    status_as_of: Day | None
    """The day of the copy in which the status was read; null if that copy is undated."""
    design: Design | None = None
    """How participants are allotted."""
    conditions: tuple[Text, ...]
    """Conditions, in the registry's words."""
    interventions: tuple[Text, ...]
    """Interventions, in the registry's words."""
    cancers: Annotated[tuple[CancerRef, ...], Field(min_length=1)]
    """The cancers, by our ids."""
    agents: tuple[AgentRef, ...]
    """The checkpoint inhibitors in any arm, by our ids."""
    enrollment: Enrollment | None = None
    """How many took part."""
    sponsor: Text | None = None
    """The lead sponsor."""
    start: Day | None = None
    """When the trial began."""
    parent: TrialRef | None = None
    """The trial that this one extends."""
    primary_publication: ReferenceRef | None = None
    """The paper that first reported the primary endpoint."""
    no_publication: NoPublication | None = None
    """The search that found none."""
    readouts: tuple[Readout, ...] = ()
    """The results that mattered."""

    @model_validator(mode="after")
    def _publication(self) -> Self:
        if (self.primary_publication is None) == (self.no_publication is None):
            raise wrong("name the primary_publication, or say in no_publication what was searched and when")
        return self

    @property
    def label(self) -> str:
        """The words of a link to the record."""
        return self.acronym or self.title


class PrintedRow(Record):
    """One row of a table of a source review, as printed: a claim of the review, not ours."""

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


class SourceReview(Sourced):
    """One of the reviews from which the site started."""

    name: Text
    """How the site calls it."""
    summary: Text
    """One sentence that says what it covers."""
    reference: ReferenceRef
    """Its own entry in references.bib."""
    licence: Text
    """Under which licence it appeared."""
    printed: tuple[PrintedRow, ...] = ()
    """The rows of its tables."""

    @property
    def label(self) -> str:
        """The words of a link to the record."""
        return self.name


class Saying(Record):
    """What one party says on the matter, in its own words."""

    who: Text
    """A review's id, or the registry, label or paper."""
    as_printed: Text
    """What it prints."""
    at: Text | None = None
    """Where."""


class Correction(Sourced):
    """A place where a review, the registry, a label or a paper disagree, and what holds."""

    name: Text
    """The matter, in a few words."""
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
    def label(self) -> str:
        """The words of a link to the record."""
        return self.name


KINDS: dict[str, tuple[str, type[Record]]] = {
    "agent": ("agents", Agent),
    "combination": ("combinations", Combination),
    "trial": ("trials", Trial),
    "cancer": ("cancers", Cancer),
    "target": ("targets", Target),
    "review": ("reviews", SourceReview),
    "correction": ("corrections", Correction),
}
"""Each kind of record: its folder, which is also its part of the URL, and its type."""


class VocabularyTerm(Record):
    """One word of a closed vocabulary."""

    name: Text | None = None
    """How readers see it, if not as it stands."""
    description: Text
    """What it means."""


VOCABULARIES = (
    "combination-classes",
    "lines",
    "markers",
    "modalities",
    "partners",
    "publishers",
    "regulators",
    "routes",
    "settings",
)
"""The closed vocabularies, one file each; `partners` are the drugs beside a checkpoint inhibitor, `publishers` the hosts that readers get links to."""


# From plain values to records


def parse(source: Source, kind: type[Record]) -> Record | tuple[Problem, ...]:
    """The record that a source describes, or every problem that keeps it from being one."""
    if source.value is None:
        return source.problems
    try:
        record = kind.model_validate(source.value)
    except ValidationError as error:
        # What could not be read at a place must not be called missing or empty as well.
        unread = {problem.field for problem in source.problems}
        found = {problem for problem in _explained(source, kind, error) if problem.field not in unread}
        return tuple(sorted(found.union(source.problems)))
    return source.problems or record


def _explained(source: Source, kind: type[Record], error: ValidationError) -> list[Problem]:
    found = []
    for detail in error.errors(include_url=False):
        path = tuple(detail["loc"])
        field = str(path[-1]) if path else ""
        match detail["type"]:
            case "rule":
                message = detail["ctx"]["message"]
            case "missing":
                path = path[:-1]
                message = f"missing field '{field}'{_about(kind, path, field)}"
            case "extra_forbidden":
                known = _fields(kind, path[:-1])
                message = f"unknown field{suggestion(field, known)}"
            case "literal_error":
                given = detail["input"]
                message = f"'{given}' is not one of {detail['ctx']['expected'].replace(chr(39), '')}"
            case "string_type":
                message = f"expected text, found {_shape(detail['input'])}"
            case "int_type":
                message = f"expected a whole number, found {_shape(detail['input'])}"
            case "tuple_type" | "list_type":
                message = f"expected a list (lines that start with '- '), found {_shape(detail['input'])}"
            case "model_type" | "model_attributes_type" | "dict_type":
                message = f"expected fields (name: value), found {_shape(detail['input'])}"
            case "too_short":
                # Pydantic also counts a row short when the row itself was wrong; that has been said already.
                if len(detail["input"]) >= detail["ctx"]["min_length"]:
                    continue
                least = detail["ctx"]["min_length"]
                message = f"needs at least {'one entry' if least == 1 else f'{least} entries'}"
            case "string_pattern_mismatch":
                message = f"'{detail['input']}' does not have the form {detail['ctx']['pattern']}"
            case _:
                message = detail["msg"]
        found.append(source.problem(path, message))
    return found


def _shape(value: Any) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, dict):
        return "fields"
    return "a list" if isinstance(value, list | tuple) else f"the text '{value}'"


def _model_at(kind: type[Record], path: tuple[str | int, ...]) -> type[Record] | None:
    """The record type that stands at a path of another."""
    model: type[Record] | None = kind
    for step in path:
        if isinstance(step, int) or model is None:
            continue
        field = next((f for n, f in model.model_fields.items() if step in (n, f.alias)), None)
        model = _inner(field.annotation) if field else None
    return model


def _inner(annotation: Any) -> type[Record] | None:
    if isinstance(annotation, type) and issubclass(annotation, Record):
        return annotation
    for argument in getattr(annotation, "__args__", ()):
        if found := _inner(argument):
            return found
    return None


def _fields(kind: type[Record], path: tuple[str | int, ...]) -> list[str]:
    model = _model_at(kind, path)
    return [f.alias or name for name, f in model.model_fields.items()] if model else []


def _about(kind: type[Record], path: tuple[str | int, ...], field: str) -> str:
    model = _model_at(kind, path)
    known = model and next((f for n, f in model.model_fields.items() if field in (n, f.alias)), None)
    return f": {known.description[0].lower()}{known.description[1:].rstrip('.')}" if known and known.description else ""


def schemas() -> dict[str, dict[str, Any]]:
    """The JSON Schema of each kind of record, for editors' tools."""
    base = "https://json-schema.org/draft/2020-12/schema"
    return {
        name: {"$schema": base, **model.model_json_schema(by_alias=True)} for name, (_, model) in sorted(KINDS.items())
    }
