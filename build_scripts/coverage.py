"""What the review does not know yet, counted from the records themselves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

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
        gap("References without a DOI", references, lambda r: r.doi is None),
        gap("References without a PubMed identifier", references, lambda r: r.pmid is None),
    )
