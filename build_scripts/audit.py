"""Compares the records with the registries and reports the drift in words; it changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

from build_scripts.prose import Citation
from build_scripts.registry import Client, Unanswered, Unreachable, compare_reference, compare_trial
from build_scripts.review import Review


@dataclass(frozen=True)
class Finding:
    """What the registries say otherwise about one record, or why they could not be asked."""

    record: str
    file: str
    drift: tuple[str, ...] = ()
    unanswered: tuple[str, ...] = ()
    leaning: tuple[str, ...] = ()
    """For a retracted paper: every record and prose file that leans on it."""

    def lines(self) -> Iterator[str]:
        """The finding as an editor reads it, one line a difference."""
        for words in (*self.drift, *self.unanswered):
            yield f"{self.file}: {self.record}: {words}"
        for leaning in self.leaning:
            yield f"{self.file}: {self.record}: retracted, and {leaning} leans on it"

    def as_json(self) -> dict[str, Any]:
        """The finding as plain values."""
        return asdict(self)


def audit(
    review: Review, client: Client, tell: Callable[[int, int], None] = lambda done, of: None
) -> Iterator[Finding]:
    """One finding for each trial and reference on which a registry differs or is silent, in the order of the records."""
    whole = len(review.trials) + len(review.references)
    for done, (nct, trial) in enumerate(review.trials.items()):
        tell(done, whole)
        file = review.file(("trial", nct))
        try:
            drift = compare_trial(trial, client.trial(nct))
        except Unanswered as error:
            yield Finding(f"trial:{nct}", file, unanswered=(_said(error),))
            continue
        if drift:
            yield Finding(f"trial:{nct}", file, drift)
    for done, key in enumerate(review.references, len(review.trials)):
        tell(done, whole)
        if finding := _reference(review, client, key):
            yield finding
    tell(whole, whole)


def _reference(review: Review, client: Client, key: str) -> Finding | None:
    """What Crossref and PubMed say otherwise about a reference; None if they agree or it has no identifier."""
    reference = review.references[key]
    drift: list[str] = []
    unanswered: list[str] = []
    retracted = False
    for id, ask in ((reference.doi, client.work), (reference.pmid, client.paper)):
        if not id:
            continue
        try:
            answer = ask(id)
        except Unanswered as error:
            unanswered.append(_said(error))
            continue
        drift += compare_reference(reference, answer)
        retracted |= answer.retracted
    if not drift and not unanswered:
        return None
    leaning = leaning_on(review, key) if retracted else ()
    return Finding(f"reference:{key}", review.file(("reference", key)), tuple(drift), tuple(unanswered), leaning)


def leaning_on(review: Review, key: str) -> tuple[str, ...]:
    """Every row of a record, and every line of prose, that cites a reference or rests on what it says."""
    found = [
        f"{review.file(named)}:{review.sources[named].line(path)}"
        for named, path, leaf in review.links
        if (leaf.kinds == ("reference",) and leaf == key)
        or (leaf.kinds == ("evidence",) and leaf.partition(":")[0] == key)
    ]
    found += [f"{review.file(('paper', key))}:1"] if key in review.papers else []
    for file, text in review.prose.items():
        found += [f"{file}:{t.line}" for t in text.tokens if isinstance(t, Citation) and key in t.keys]
    return tuple(sorted(set(found)))


def _said(error: Unanswered) -> str:
    return f"{'not reached' if isinstance(error, Unreachable) else 'no answer to use'}: {error}"
