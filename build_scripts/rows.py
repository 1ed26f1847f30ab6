"""The datasets: one row per record with a stable list of fields; pages, CSV and JSON all read these rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any, Literal

from pydantic import Field

from build_scripts import freshness, resistance_rows
from build_scripts.ledger import Combination, Enrollment, Event, FixedDose, Readout
from build_scripts.links import SERVED, page_of, use_anchor
from build_scripts.review import Review, Use
from build_scripts.row import Dataset, Row, head, pointing
from build_scripts.sources import Citing, PrintedRow, Saying


class AgentRow(Row):
    """One product with its own FDA proper name."""

    name: str
    """The name."""
    inn: str
    """The international non-proprietary name."""
    proper_name: str | None
    """The FDA proper name."""
    brands: tuple[str, ...]
    """Brand names."""
    aliases: tuple[str, ...]
    """Codes and old names."""
    applicant: str | None
    """Who holds the licence."""
    targets: tuple[str, ...]
    """Target ids."""
    modality: str
    """The kind of molecule."""
    antibody_class: str | None
    """Species form, isotype and light chain."""
    routes: tuple[str, ...]
    """Routes of administration."""
    form_of: str | None
    """The agent of which it is another form."""
    ids: dict[str, str]
    """Identifiers elsewhere."""
    elsewhere: tuple[str, ...]
    """Regulators that approved it where the FDA never did."""
    first_fda_approval: str | None
    """The day of the first FDA approval, alone or in a combination."""
    approvals: tuple[str, ...]
    """Ids of its approvals alone."""
    combinations: tuple[str, ...]
    """Ids of the combinations that hold it."""
    trials: tuple[str, ...]
    """Registry numbers of its trials in the review."""


class ApprovalRow(Row):
    """One use of a regimen that a regulator let onto the market."""

    agents: tuple[str, ...]
    """The checkpoint inhibitors of the regimen, by id."""
    partners: tuple[str, ...]
    """Everything else in it, by id."""
    combination: str | None
    """The combination that owns the use; null if the agent is given alone."""
    regimen: str | None
    """The partners in the label's detail."""
    regulator: str
    """Who decided."""
    cancer: str
    """The cancer, by id."""
    also_in: tuple[str, ...]
    """Other cancers that the same use covers, by id."""
    setting: str
    """The stage of care."""
    line: str
    """The line of systemic treatment."""
    population: str
    """Who may be treated."""
    biomarker: str | None
    """The biomarker with its cut-off."""
    approved_on: str
    """The day of the first approval."""
    pathway: Literal["accelerated", "regular"]
    """The kind of the first approval."""
    events: tuple[Event, ...]
    """The regulator's actions, oldest first."""
    from_: str = Field(alias="from")
    """The day from which the use was on the label."""
    to: str | None
    """The day on which it was withdrawn; null while in force."""
    status: Literal["in force", "withdrawn"]
    """Derived from the last event."""
    status_date: str
    """The day of the last event."""
    trials: tuple[str, ...]
    """Registry numbers of the pivotal trials."""
    no_trial: str | None
    """Why no trial is named, if none is."""


class CombinationRow(Row):
    """Two or more components of which at least one is a checkpoint inhibitor."""

    name: str
    """The name."""
    aliases: tuple[str, ...]
    """Other names."""
    class_: str = Field(alias="class")
    """The class."""
    agents: tuple[str, ...]
    """The checkpoint inhibitors, by id."""
    partners: tuple[str, ...]
    """Everything else, by id."""
    fixed_dose: FixedDose | None
    """The product, where it is one."""
    cancers: tuple[str, ...]
    """The cancers of its uses in force, by id."""
    approvals: tuple[str, ...]
    """Ids of its approvals."""


class TrialRow(Row):
    """One registered trial."""

    nct: str
    """The registry number."""
    acronym: str | None
    """The acronym or study name."""
    title: str
    """The brief title, as registered."""
    summary: str
    """What the trial asked."""
    phase: tuple[str, ...]
    """Phases, in ClinicalTrials.gov's words."""
    status: str | None
    """Status, in ClinicalTrials.gov's words."""
    status_as_of: str | None
    """The day of the copy in which the status was read."""
    enrollment: Enrollment | None
    """How many took part."""
    conditions: tuple[str, ...]
    """Conditions, in the registry's words."""
    interventions: tuple[str, ...]
    """Interventions, in the registry's words."""
    cancers: tuple[str, ...]
    """Cancer ids."""
    agents: tuple[str, ...]
    """Ids of the checkpoint inhibitors in any arm."""
    sponsor: str | None
    """The lead sponsor."""
    start: str | None
    """When the trial began."""
    parent: str | None
    """The trial that it extends."""
    extensions: tuple[str, ...]
    """The trials that extend it."""
    primary_publication: str | None
    """The key of the paper that first reported the primary endpoint."""
    readouts: tuple[Readout, ...]
    """The results that mattered."""
    approvals: tuple[str, ...]
    """Ids of the approvals that rest on it."""
    citations: tuple[str, ...]
    """Keys of the references that its record cites."""


class CancerRow(Row):
    """One type or group of cancers."""

    name: str
    """The name."""
    aliases: tuple[str, ...]
    """Other names."""
    ids: dict[str, str]
    """Identifiers elsewhere."""
    approvals: tuple[str, ...]
    """Ids of the approvals in it."""
    trials: tuple[str, ...]
    """Registry numbers of its trials in the review."""


class TargetRow(Row):
    """One molecule that agents bind."""

    name: str
    """The name."""
    symbol: str
    """The HGNC symbol."""
    hgnc: str
    """The HGNC identifier."""
    aliases: tuple[str, ...]
    """Other names."""
    agents: tuple[str, ...]
    """Ids of the agents that bind it."""


class CorrectionRow(Row):
    """One place where a review, the registry, a label or a paper disagree."""

    name: str
    """The matter."""
    kind: str
    """Error, omission, changed since, typo."""
    about: tuple[str, ...]
    """The records it concerns, as kind:id."""
    says: tuple[Saying, ...]
    """Who says what, as printed."""
    holds: str
    """What holds."""
    why: str
    """Why."""


class ReviewRow(Row):
    """One source review with the rows that its tables print."""

    name: str
    """The name."""
    reference: str
    """Its key in the references."""
    licence: str
    """Its licence."""
    registry_numbers: tuple[str, ...]
    """The registry numbers that its text names."""
    printed: tuple[PrintedRow, ...]
    """The printed rows."""
    citations: tuple[Citing, ...]
    """Its numbered references, and what each came to."""


def parts(review: Review, components: Iterable[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The checkpoint inhibitors among some components, and everything else."""
    components = tuple(components)
    return (
        tuple(c for c in components if c in review.agents),
        tuple(c for c in components if c not in review.agents),
    )


def first_approval(review: Review, agent: str) -> str | None:
    """The earliest FDA approval of an agent in the ledger, alone or in a combination."""
    uses = review.concerning.get(("agent", agent), ())
    return min((str(use.approval.approved_on) for use in uses if use.approval.regulator == "FDA"), default=None)


def agents(review: Review) -> list[AgentRow]:
    """One row per agent."""
    return [
        AgentRow(
            **head(review, "agent", id, a),
            **{name: getattr(a, name) for name in ("name", "inn", "proper_name", "brands", "aliases", "applicant")},
            **{
                name: getattr(a, name) for name in ("targets", "modality", "antibody_class", "routes", "form_of", "ids")
            },
            elsewhere=a.elsewhere,
            first_fda_approval=a.first_fda_approval or first_approval(review, id),
            approvals=tuple(f"{id}:{use.id}" for use in a.approvals),
            combinations=pointing(review, "agent", id, "combination"),
            trials=pointing(review, "agent", id, "trial"),
        )
        for id, a in review.agents.items()
    ]


def approval(review: Review, use: Use) -> ApprovalRow:
    """The row of one approval."""
    a = use.approval
    inhibitors, partners = parts(review, use.components)
    return ApprovalRow(
        id=use.id,
        url=f"{SERVED.of(page_of(use.owner_kind, use.owner_id))}#{use_anchor(a.id)}",
        verified=all(check.verified for _, check in a.checks),
        checked=a.last_event.checked,
        due=freshness.due(a),
        agents=inhibitors,
        partners=partners,
        combination=use.owner_id if isinstance(use.owner, Combination) else None,
        **{name: getattr(a, name) for name in ("regimen", "regulator", "cancer", "also_in", "setting", "line")},
        **{name: getattr(a, name) for name in ("population", "approved_on", "pathway", "events", "status", "trials")},
        biomarker=a.biomarker_words,
        from_=a.approved_on,
        to=a.withdrawn_on,
        status_date=a.last_event.date,
        no_trial=a.no_trial,
    )


def approvals(review: Review) -> list[ApprovalRow]:
    """One row per approval, alone and in combinations."""
    return [approval(review, use) for _, use in sorted(review.uses.items())]


def in_force_on(review: Review, day: str) -> list[ApprovalRow]:
    """The approvals that were in force at the end of a day, by cancer and then by first approval."""
    found = [approval(review, use) for use in review.uses.values() if use.approval.in_force_on(day)]
    return sorted(found, key=lambda row: (row.cancer, row.approved_on, row.id))


def combinations(review: Review) -> list[CombinationRow]:
    """One row per combination."""
    found = []
    for id, c in review.combinations.items():
        inhibitors, partners = parts(review, c.components)
        newest = max(c.approvals, key=lambda a: a.last_event.date, default=None)
        found.append(
            CombinationRow(
                **head(review, "combination", id, c) | {"checked": newest and newest.last_event.checked},
                name=c.name,
                aliases=c.aliases,
                class_=c.combination_class,
                agents=inhibitors,
                partners=partners,
                fixed_dose=c.fixed_dose,
                cancers=tuple(
                    sorted({x for a in c.approvals if a.status == "in force" for x in (a.cancer, *a.also_in)})
                ),
                approvals=tuple(f"{id}:{use.id}" for use in c.approvals),
            )
        )
    return found


def trials(review: Review) -> list[TrialRow]:
    """One row per trial."""
    rests: dict[str, list[str]] = {}
    for id, use in sorted(review.uses.items()):
        for nct in use.approval.trials:
            rests.setdefault(nct, []).append(id)
    cited: dict[str, set[str]] = {}
    for (kind, id), _, leaf in review.links:
        if kind == "trial" and leaf.kinds == ("reference",):
            cited.setdefault(id, set()).add(str(leaf))
    extensions: dict[str, list[str]] = {}
    for id, t in review.trials.items():
        if t.parent:
            extensions.setdefault(str(t.parent), []).append(id)
    return [
        TrialRow(
            **head(review, "trial", id, t),
            nct=id,
            **{name: getattr(t, name) for name in ("acronym", "title", "summary", "phase", "status", "status_as_of")},
            **{name: getattr(t, name) for name in ("enrollment", "conditions", "interventions", "cancers", "agents")},
            **{name: getattr(t, name) for name in ("sponsor", "start", "parent", "primary_publication", "readouts")},
            extensions=tuple(extensions.get(id, ())),
            approvals=tuple(rests.get(id, ())),
            citations=tuple(sorted(cited.get(id, ()))),
        )
        for id, t in review.trials.items()
    ]


def cancers(review: Review) -> list[CancerRow]:
    """One row per cancer."""
    return [
        CancerRow(
            **head(review, "cancer", id, c),
            **{name: getattr(c, name) for name in ("name", "aliases", "ids")},
            approvals=tuple(sorted(use.id for use in review.concerning.get(("cancer", id), ()))),
            trials=pointing(review, "cancer", id, "trial"),
        )
        for id, c in review.cancers.items()
    ]


def targets(review: Review) -> list[TargetRow]:
    """One row per target."""
    return [
        TargetRow(
            **head(review, "target", id, t),
            **{name: getattr(t, name) for name in ("name", "symbol", "hgnc", "aliases")},
            agents=pointing(review, "target", id, "agent"),
        )
        for id, t in review.targets.items()
    ]


def corrections(review: Review) -> list[CorrectionRow]:
    """One row per correction."""
    return [
        CorrectionRow(
            **head(review, "correction", id, c),
            **{name: getattr(c, name) for name in ("name", "kind", "about", "says", "holds", "why")},
        )
        for id, c in review.corrections.items()
    ]


def reviews(review: Review) -> list[ReviewRow]:
    """One row per source review."""
    return [
        ReviewRow(
            **head(review, "review", id, r),
            **{
                name: getattr(r, name)
                for name in ("name", "reference", "licence", "registry_numbers", "printed", "citations")
            },
        )
        for id, r in review.reviews.items()
    ]


DATASETS = {
    dataset.name: dataset
    for dataset in (
        Dataset("agents", "Checkpoint inhibitors", AgentRow, agents),
        Dataset("approvals", "Approvals", ApprovalRow, approvals),
        Dataset("combinations", "Combinations", CombinationRow, combinations),
        Dataset("trials", "Trials", TrialRow, trials),
        Dataset("cancers", "Cancers", CancerRow, cancers),
        Dataset("targets", "Targets", TargetRow, targets),
        Dataset("corrections", "Corrections", CorrectionRow, corrections),
        Dataset("reviews", "Source reviews", ReviewRow, reviews),
        Dataset("interventions", "Interventions", resistance_rows.InterventionRow, resistance_rows.interventions),
        Dataset("families", "Families", resistance_rows.FamilyRow, resistance_rows.families),
        Dataset("mechanisms", "Mechanisms", resistance_rows.MechanismRow, resistance_rows.mechanisms),
        Dataset("strategies", "Strategies", resistance_rows.StrategyRow, resistance_rows.strategies),
        Dataset("biomarkers", "Biomarkers", resistance_rows.BiomarkerRow, resistance_rows.biomarkers),
        Dataset("evidence", "Evidence", resistance_rows.EvidenceRow, resistance_rows.evidence),
        Dataset("concepts", "Concepts", resistance_rows.ConceptRow, resistance_rows.concepts),
        Dataset("glossary", "Glossary", resistance_rows.TermRow, resistance_rows.terms),
        Dataset("disagreements", "Disagreements", resistance_rows.DisagreementRow, resistance_rows.disagreements),
        Dataset("searches", "Searches", resistance_rows.SearchRow, resistance_rows.searches),
    )
}


def rows_of(review: Review, name: str) -> tuple[Any, ...]:
    """The rows of a dataset by its name, made once for a review."""
    return review.derived(_rows_of, name)


def _rows_of(review: Review, name: str) -> tuple[Any, ...]:
    return tuple(DATASETS[name].rows(review))


def by_id(review: Review, name: str) -> Mapping[str, Any]:
    """The rows of a dataset by id, made once for a review."""
    return review.derived(_by_id, name)


def _by_id(review: Review, name: str) -> Mapping[str, Any]:
    return MappingProxyType({row.id: row for row in rows_of(review, name)})


COUNTS: dict[str, Callable[[Review], int]] = {
    "agents": lambda r: sum(a.first_fda_approval is not None for a in r.agents.values()),
    "antibodies": lambda r: sum(a.form_of is None and a.first_fda_approval is not None for a in r.agents.values()),
    "approvals": lambda r: len(r.uses),
    "approvals in force": lambda r: sum(u.approval.status == "in force" for u in r.uses.values()),
    "approvals withdrawn": lambda r: sum(u.approval.status == "withdrawn" for u in r.uses.values()),
    "cancers": lambda r: len(r.cancers),
    "combinations": lambda r: len(r.combinations),
    "biomarkers": lambda r: len(r.biomarkers),
    "corrections": lambda r: len(r.corrections),
    "disagreements": lambda r: len(r.disagreements),
    "evidence items": lambda r: len(r.evidence),
    "interventions": lambda r: len(r.interventions),
    "mechanisms": lambda r: len(r.mechanisms),
    "strategies": lambda r: len(r.strategies),
    "terms": lambda r: len(r.terms),
    "printed rows": lambda r: sum(len(x.printed) for x in r.reviews.values()),
    "references": lambda r: len(r.references),
    "trials": lambda r: len(r.trials),
}
"""What `{{ count('...') }}` can count."""
