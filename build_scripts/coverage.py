"""What the review does not know yet, and how much of the source reviews it covers, counted from the records themselves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from build_scripts.review import Named, Review


@dataclass(frozen=True)
class Gap:
    """One kind of missing fact: in words, out of how many records, and the records that lack it."""

    title: str
    of: int
    lacking: tuple[Named, ...]


def gaps(review: Review) -> tuple[Gap, ...]:
    """Every kind of gap, those that are closed included, so that a closed one is seen to be closed."""
    trials = {("trial", id): trial for id, trial in review.trials.items()}
    references = {("reference", key): reference for key, reference in review.references.items()}
    uses = {("approval", id): use.approval for id, use in review.uses.items()}
    records = dict(review.owners())

    def without_evidence(title: str, kind: str) -> Gap:
        known = review.records[kind]
        return Gap(title, len(known), tuple((kind, id) for id in known if (kind, id) not in review.evidence_on))

    evidence = {("evidence", id): item for id, item in review.evidence.items()}
    mechanisms = {("mechanism", id): m for id, m in review.mechanisms.items()}
    strategies = {("strategy", id): s for id, s in review.strategies.items()}
    answered = {str(id) for strategy in review.strategies.values() for id in strategy.answers}
    unanswered = tuple(named for named in mechanisms if named[1] not in answered)

    def gap(title: str, among: dict[Named, Any], lacks: Callable[[Any], bool]) -> Gap:
        return Gap(title, len(among), tuple(sorted(named for named, record in among.items() if lacks(record))))

    return (
        gap("Records with a row that nobody could check", records, lambda r: not all(c.verified for _, c in r.checks)),
        gap("Trials whose status was not seen", trials, lambda t: t.status is None),
        gap("Trials whose status was read in an undated copy", trials, lambda t: bool(t.status) and not t.status_as_of),
        gap("Trials without a read-out", trials, lambda t: not t.readouts),
        gap("Trials without a primary publication", trials, lambda t: t.primary_publication is None),
        gap("Approvals that name no trial", uses, lambda a: not a.trials),
        gap("Approvals with an action whose day is not known", uses, lambda a: any(len(e.date) < 10 for e in a.events)),
        without_evidence("Mechanisms without evidence", "mechanism"),
        without_evidence("Strategies without evidence", "strategy"),
        without_evidence("Biomarkers without evidence", "biomarker"),
        gap("Evidence items of which only a report was read", evidence, lambda e: e.read == "report"),
        gap("Mechanisms without a conclusion", mechanisms, lambda m: not m.conclusions),
        gap("Strategies without a conclusion", strategies, lambda s: not s.conclusions),
        Gap("Mechanisms that no strategy answers", len(mechanisms), unanswered),
        gap("References without a DOI", references, lambda r: r.doi is None),
        gap("References without a PubMed identifier", references, lambda r: r.pmid is None),
    )


State = Literal["done", "merged", "declined", "open"]


@dataclass(frozen=True)
class Entry:
    """One entry of the outline, and what answers it."""

    id: str
    name: str
    state: State
    by: Named | None
    page: str | None
    why: str | None


def outline(review: Review) -> tuple[Entry, ...]:
    """Every entry of the outline: done where it leads a record's list, merged where it follows another there."""
    answers: dict[str, tuple[Named, State]] = {}
    for named, record in review.owners():
        for place, id in enumerate(getattr(record, "outline", ())):
            state: State = "merged" if place else "done"
            if str(id) not in answers or state == "done":
                answers[str(id)] = (named, state)
    found = []
    for id, entry in review.vocabularies["outline"].items():
        by, state = answers.get(id, (None, "done" if entry.page else "declined" if entry.declined else "open"))
        found.append(Entry(id, entry.name, state, by, entry.page, entry.declined))
    return tuple(found)


def counted(entries: tuple[Entry, ...]) -> Mapping[str, Mapping[str, int]]:
    """How many entries of each letter of the outline stand in each state."""
    found: dict[str, Counter[str]] = {}
    for entry in entries:
        found.setdefault(entry.id[0], Counter())[entry.state] += 1
    return {
        letter: {state: states[state] for state in ("done", "merged", "declined", "open")}
        for letter, states in found.items()
    }


def citations(review: Review) -> Mapping[str, Mapping[str, Mapping[str, int]]]:
    """For each source review, how many citations of each class were resolved, replaced or left unresolved."""
    found: dict[str, dict[str, dict[str, int]]] = {}
    for id, source_review in review.reviews.items():
        counts = Counter((c.identifiable, c.state) for c in source_review.citations)
        found[id] = {
            letter: {state: counts[letter, state] for state in ("resolved", "replaced", "unresolved")}
            for letter in sorted({letter for letter, _ in counts})
        }
    return found


def registry_numbers(review: Review) -> Mapping[str, int]:
    """How many different registry numbers the source reviews name, and how many of their records are fully checked."""
    named = {str(nct) for r in review.reviews.values() for nct in r.registry_numbers}
    known = [review.trials[nct] for nct in named if nct in review.trials]
    checked = sum(all(check.verified for _, check in trial.checks) for trial in known)
    return {"named": len(named), "records": len(known), "fully checked": checked}


def summary(review: Review) -> dict[str, Any]:
    """What `data/coverage.json` holds."""
    entries = outline(review)
    return {
        "citations": citations(review),
        "registry_numbers": registry_numbers(review),
        "outline": {
            "by_letter": counted(entries),
            "entries": [
                {"id": e.id, "name": e.name, "state": e.state, "by": ":".join(e.by) if e.by else e.page, "why": e.why}
                for e in entries
            ],
        },
        "gaps": {g.title: {"lacking": len(g.lacking), "of": g.of} for g in gaps(review)},
    }
