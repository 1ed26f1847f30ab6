"""What differs between two states of the review, in words, computed from the facts and not from commit messages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from build_scripts import tables, words
from build_scripts.ledger import Approval
from build_scripts.record import Checked, Record
from build_scripts.review import Named, Review, Use
from build_scripts.source import Path, dotted


@dataclass(frozen=True, order=True)
class Change:
    """One difference: the record, by kind and id, and what happened to it."""

    kind: str
    id: str
    words: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.id}: {self.words}"


def changes(old: Review, new: Review) -> tuple[Change, ...]:
    """Every difference in the facts, sorted by record; prose and templates are not facts."""
    before, after = dict(old.owners()), dict(new.owners())
    found: list[Change] = []
    for named in sorted({*before, *after}):
        was, now = before.get(named), after.get(named)
        if was is None:
            found.append(Change(*named, "new record"))
        elif now is None:
            found.append(Change(*named, "no longer there"))
        elif was != now:
            found += [Change(*named, said) for said in _record(was, now)]
        found += [Change(*named, said) for said in _uses(old, new, named)]
    return tuple(found)


def _record(was: Record, now: Record) -> Iterator[str]:
    """The fields of a record that differ; its approvals are told by their actions, and new looks are only counted."""
    before, after = _facts(was), _facts(now)
    for path in sorted({*before, *after}, key=dotted):
        if before.get(path) != after.get(path):
            yield f"{dotted(path)}: {_said(before.get(path))} became {_said(after.get(path))}"
    looks = sum(check not in {c for _, c in was.checks} for _, check in now.checks)
    if looks:
        yield f"{looks} row{'s' if looks != 1 else ''} looked up again"


def _facts(record: Record) -> dict[Path, str]:
    """The leaves of a record apart from its approvals and checks; a row is known by its id, not by its place."""
    found: dict[Path, str] = {}
    for path, leaf in record.leaves:
        if isinstance(leaf, Checked) or path[0] == "approvals" or "checked" in path:
            continue
        found[_by_id(record, path)] = str(leaf)
    return found


def _by_id(record: Record, path: Path) -> Path:
    """A path in which the place of a read-out or evidence item is its id, so that a row put before others changes nothing else."""
    if len(path) > 2 and path[0] in ("readouts", "items") and isinstance(path[1], int):
        return (path[0], getattr(record, path[0])[path[1]].id, *path[2:])
    return path


def _said(value: str | None) -> str:
    return "nothing" if value is None else f"'{value}'"


def _uses(old: Review, new: Review, owner: Named) -> Iterator[str]:
    """What regulators did with the uses of one owner: `melanoma, adjuvant: withdrawn on 2021-02-19`."""
    before = {id: use for id, use in old.uses.items() if (use.owner_kind, use.owner_id) == owner}
    after = {id: use for id, use in new.uses.items() if (use.owner_kind, use.owner_id) == owner}
    for id in sorted({*before, *after}):
        was, now = before.get(id), after.get(id)
        if now is None:
            yield f"{id}: no longer there"
            continue
        known = was.approval.events if was else ()
        for event in now.approval.events:
            if (event.event, event.date) not in {(e.event, e.date) for e in known}:
                yield f"{_name(new, now)}: {event.event} on {event.date}{f' ({event.reason})' if event.reason else ''}"
        if was:
            yield from _use(was.approval, now.approval, _name(new, now))


def _use(was: Approval, now: Approval, name: str) -> Iterator[str]:
    gone = {(e.event, e.date) for e in was.events} - {(e.event, e.date) for e in now.events}
    for event, date in sorted(gone):
        yield f"{name}: the action '{event} on {date}' is no longer there"
    for field in (
        "cancer",
        "also_in",
        "setting",
        "line",
        "population",
        "biomarker_words",
        "regimen",
        "pathway",
        "trials",
    ):
        mine, theirs = getattr(was, field), getattr(now, field)
        if mine != theirs:
            yield f"{name}: {field.removesuffix('_words')}: {_joined(mine)} became {_joined(theirs)}"


def _joined(value: object) -> str:
    return _said(words.joined([str(v) for v in value]) if isinstance(value, tuple) else value and str(value))


def _name(review: Review, use: Use) -> str:
    cancer = review.cancers.get(str(use.approval.cancer))
    setting = tables.setting(review, use.approval.setting, use.approval.line)
    return f"{(cancer.name if cancer else str(use.approval.cancer)).lower()}, {setting}"
