"""Rules on mechanisms, strategies, evidence, the outline and the citations of the source reviews."""

from __future__ import annotations

import re
from collections.abc import Iterator

from build_scripts import pages, prose
from build_scripts.resistance import Account
from build_scripts.review import BIBLIOGRAPHY, CONTENT, Review
from build_scripts.scalars import EvidenceRef
from build_scripts.source import Problem, suggestion


def evidence_has_a_source(review: Review) -> Iterator[Problem]:
    """An evidence file is named after a reference of the bibliography."""
    for key in review.papers:
        if review.lacks(("reference",), key):
            near = suggestion(key, review.references, most=0)
            yield review.problem(("paper", key), (), f"no reference '{key}' in {BIBLIOGRAPHY}{near}")


def evidence_is_on_its_subject(review: Review) -> Iterator[Problem]:
    """A statement on a mechanism, strategy or biomarker rests on evidence items that are about it."""
    for named, record in review.owners():
        if not isinstance(record, Account):
            continue
        subject = ":".join(named)
        for path, leaf in record.leaves:
            item = review.evidence.get(str(leaf)) if isinstance(leaf, EvidenceRef) else None
            if item is not None and subject not in item.about:
                yield review.problem(
                    named, path, f"'{leaf}' is not about {subject}; add that to its `about`, or name another"
                )


def phases_are_shown(review: Review) -> Iterator[Problem]:
    """A phase of resistance rests on evidence items that speak of it."""
    for id, mechanism in review.mechanisms.items():
        for index, phase in enumerate(mechanism.phases):
            for at, ref in enumerate(phase.evidence):
                item = review.evidence.get(str(ref))
                if item is not None and item.phase not in (phase.phase, "both"):
                    yield review.problem(
                        ("mechanism", id), ("phases", index, "evidence", at),
                        f"'{ref}' speaks of {item.phase or 'no'} resistance, not of {phase.phase}",
                    )  # fmt: skip


def families_hold_their_kind(review: Review) -> Iterator[Problem]:
    """A mechanism belongs to a family of mechanisms, a strategy to one of strategies."""
    for kind, of in (("mechanism", "mechanisms"), ("strategy", "strategies")):
        for id, record in review.records[kind].items():
            family = review.families.get(str(record.family))  # type: ignore[attr-defined]
            if family is not None and family.of != of:
                yield review.problem((kind, id), ("family",), f"'{record.family}' is a family of {family.of}")  # type: ignore[attr-defined]


def failure_comes_first(review: Review) -> Iterator[Problem]:
    """A strategy whose deciding trials failed says so in `since`, which its page shows first."""
    for id, strategy in review.strategies.items():
        if strategy.stage == "negative" and not strategy.since:
            yield review.problem(
                ("strategy", id), ("stage",), "a negative strategy says in `since` which trials failed"
            )


def outline_is_known(review: Review) -> Iterator[Problem]:
    """A record answers entries that the outline has, and none that it declines; the page of an entry exists."""
    entries = review.vocabularies["outline"]
    known = pages.paths(review)
    for id, entry in entries.items():
        if entry.page and entry.page not in known:
            near = suggestion(entry.page, known)
            yield review.problem(("vocabulary", "outline"), (id, "page"), f"no page '{entry.page}'{near}")
    for named, record in review.owners():
        for index, id in enumerate(getattr(record, "outline", ())):
            if id not in entries:
                yield review.problem(named, ("outline", index), f"the outline has no entry '{id}'")
            elif entries[id].declined:
                yield review.problem(
                    named, ("outline", index), f"the outline declines '{id}'; take one of the two back"
                )


def citations_are_numbered(review: Review) -> Iterator[Problem]:
    """The citations of a source review are numbered from 1 without a gap."""
    for id, source_review in review.reviews.items():
        for index, citing in enumerate(source_review.citations):
            if citing.number != index + 1:
                yield review.problem(
                    ("review", id), ("citations", index, "number"), f"number {citing.number} where {index + 1} is next"
                )


_TOLD = ("families/", "concepts/")
_STRUCTURE = re.compile(r"\s*(#|\||-{3}|$)")


def told_with_sources(review: Review) -> Iterator[Problem]:
    """Each sentence of a family's or concept's prose cites a source, or points to the record or page that does."""
    for file in review.prose:
        if not file.removeprefix(f"{CONTENT}/").startswith(_TOLD) or file.endswith("/index.md"):
            continue
        for line, sentence in prose.sentences(review.texts[file]):
            if not _STRUCTURE.match(sentence) and not re.search(r"\[@|\[\[|\]\(|\{\{", sentence):
                yield Problem(file, line, "", f"no citation and no link in '{sentence.strip()[:60]}'")


RULES = (
    evidence_has_a_source,
    evidence_is_on_its_subject,
    phases_are_shown,
    families_hold_their_kind,
    failure_comes_first,
    outline_is_known,
    citations_are_numbered,
    told_with_sources,
)
