"""The records of the approval ledger: agents, combinations and their approved uses, trials with their read-outs, targets and cancers."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import ConfigDict, Field, model_validator

from build_scripts.record import Entity, Named, Record, Sourced
from build_scripts.scalars import (
    AgentRef,
    CancerRef,
    CombinationClass,
    ComponentRef,
    Count,
    Day,
    Decimal,
    InterventionClass,
    Line,
    Marker,
    Modality,
    ReferenceRef,
    Regulator,
    Route,
    Setting,
    Slug,
    TargetRef,
    Text,
    TrialRef,
    wrong,
)

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
    trials: tuple[TrialRef, ...] = ()
    """The confirmatory trials behind the action, those that failed above all."""


class RequiredBiomarker(Record):
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
    biomarker: RequiredBiomarker | None = None
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


class Agent(Entity):
    """A checkpoint inhibitor; one that the FDA approved is a product with its own proper name."""

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
    elsewhere: tuple[Regulator, ...] = ()
    """Regulators that approved it and never the FDA, without a claim to be complete."""
    first_fda_approval: Day | None = None
    """The first approval of the product by the FDA, alone or in a combination."""
    approvals: tuple[Approval, ...] = ()
    """The uses of the agent alone."""


class Intervention(Entity):
    """A drug, product or procedure beside a checkpoint inhibitor, or a class of them."""

    intervention_class: InterventionClass = Field(alias="class")
    """What sort of thing it is."""
    acts_on: Text | None = None
    """The molecule or process on which it acts."""


class FixedDose(Record):
    """The one product that holds all components."""

    proper_name: Text
    """The FDA proper name."""
    brand: Text
    """The brand name."""
    applicant: Text | None = None
    """Who holds the licence."""


class Combination(Named):
    """Two or more components of which at least one is a checkpoint inhibitor."""

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


class Target(Entity):
    """A molecule that an agent binds."""

    symbol: Text
    """The HGNC symbol."""
    hgnc: Annotated[str, Field(pattern=r"^HGNC:\d+$", examples=["HGNC:8760"])]
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

    model_config = ConfigDict(json_schema_extra={"x-start": ["no_publication"]})

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
