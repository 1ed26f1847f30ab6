"""What differs between two states of the review, in words, computed from the facts and not from commit messages."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from build_scripts import moved, tables, words
from build_scripts.ledger import Approval
from build_scripts.record import Checked, Record, walk
from build_scripts.review import BIBLIOGRAPHY, CONTENT, MOVED, Named, Review, Use, of_texts
from build_scripts.scalars import Ref
from build_scripts.source import Path, dotted

What = Literal["new", "gone", "renamed", "action", "changed", "looked up", "unread"]


@dataclass(frozen=True, order=True)
class Change:
    """One difference: the record, by kind and id, and what happened to it."""

    kind: str
    id: str
    words: str
    what: What = field(default="changed", compare=False)
    use: str | None = field(default=None, compare=False)
    """The approved use that it is about, by its full id."""
    cancers: tuple[str, ...] = field(default=(), compare=False)
    """The cancers that it concerns."""
    brief: str | None = field(default=None, compare=False)
    """The same where the words are too many for a list."""

    def __str__(self) -> str:
        return f"{self.kind}:{self.id}: {self.words}"


_Said = tuple[str, What, str | None]
"""Words, what happened, and the words for a list."""


def changes(old: Review, new: Review) -> tuple[Change, ...]:
    """Every difference in the facts, sorted by record; prose and templates are not facts."""
    before, after = dict(old.owners()), dict(new.owners())
    former = {
        to: named
        for named in before
        if named not in after and (to := moved.now(new, named)) in after and to not in before
    }
    found: list[Change] = []
    for named in sorted({*before, *after} - set(former.values())):
        was, now = before.get(former.get(named, named)), after.get(named)
        cancers = _cancers(named, now or was)
        for said, what, brief in _record(old, new, named, former.get(named), was, now):
            found.append(Change(*named, said, what, None, cancers, brief))
        if not _unread(old, new, named, was, now):
            found += _uses(old, new, named, former.get(named, named))
    return tuple(found)


def between(old: Mapping[str, str], new: Mapping[str, str]) -> tuple[Change, ...]:
    """Every difference in the facts of two states, each given as the texts of its files; reads only what differs."""
    kept = {path for path in {*old, *new} if path.endswith(".yml") and old.get(path) != new.get(path)}
    kept |= {path for path in {*old, *new} if path.startswith(CONTEXT) or path == MOVED}
    entries = _entries(old.get(BIBLIOGRAPHY, "")), _entries(new.get(BIBLIOGRAPHY, ""))
    states = []
    for texts, mine, others in ((old, *entries), (new, *reversed(entries))):
        narrowed = {path: texts[path] for path in sorted(kept & set(texts))}
        narrowed[BIBLIOGRAPHY] = "".join(entry for entry in mine if entry not in others)
        states.append(of_texts(narrowed))
    return changes(*states)


CONTEXT = (f"{CONTENT}/cancers/", f"{CONTENT}/vocabularies/settings.yml", f"{CONTENT}/vocabularies/lines.yml")
"""What the words for a change need, beside what changed."""


def _entries(bibliography: str) -> dict[str, None]:
    """The entries of a bibliography as they stand; a text that is not parsed whole costs little."""
    return dict.fromkeys(re.split(r"^(?=@)", bibliography, flags=re.MULTILINE))


def _unread(old: Review, new: Review, named: Named, was: Record | None, now: Record | None) -> bool:
    """Whether the record is there in both states, but one of them has it in a form that cannot be read today."""
    return (was is None and named[1] in old.unread) or (now is None and named[1] in new.unread)


def _record(
    old: Review, new: Review, named: Named, former: Named | None, was: Record | None, now: Record | None
) -> Iterator[_Said]:
    """What happened to a record; its approvals are told by their actions, and new looks are only counted."""
    if _unread(old, new, named, was, now):
        yield "not compared: one of its two states cannot be read", "unread", None
        return
    if was is None or now is None:
        yield ("new record", "new", None) if was is None else ("no longer there", "gone", None)
        return
    if former:
        yield f"renamed from '{former[1]}'", "renamed", None
    if was == now:
        return
    yield from _differ(new, former or named, (), was, now)
    looks = sum(check not in {c for _, c in was.checks} for _, check in now.checks)
    looks += any(_day(was, path) != _day(now, path) for path in DAYS_OF_LOOKS) and not looks
    if looks:
        yield f"{looks} row{'s' if looks != 1 else ''} looked up again", "looked up", None


def _differ(new: Review, former: Named, path: Path, was: Any, now: Any) -> Iterator[_Said]:
    """How two values differ, field by field; a row is known by its id if it has one, else by what it says."""
    if isinstance(was, Record) and type(was) is type(now):
        for name, info in type(now).model_fields.items():
            if name not in ("approvals", "checked"):
                here = (*path, info.alias or name)
                yield from _differ(new, former, here, getattr(was, name), getattr(now, name))
        return
    if not isinstance(was, tuple) or not isinstance(now, tuple):
        yield from _leaves(new, path, was, now)
        return
    nameless = all(isinstance(row, Record) and not hasattr(row, "id") for row in (*was, *now))
    if nameless and len(was) == len(now):
        for index, pair in enumerate(zip(was, now, strict=True)):
            yield from _differ(new, former, (*path, index), *pair)
        return
    mine, theirs = _rows(new, was), _rows(new, now)
    if former[0] == "paper" and path == ("items",):
        mine = {_item(new, former[1], id): row for id, row in mine.items()}
    for id, row in mine.items():
        if id in theirs and isinstance(id, str):
            yield from _differ(new, former, (*path, id), row, theirs[id])
    added, gone = [id for id in theirs if id not in mine], [id for id in mine if id not in theirs]
    if len(added) == len(gone) == 1 and not isinstance(theirs[added[0]], Record):
        yield from _leaves(new, path, mine[gone[0]], theirs[added[0]])
        return
    for ids, verb in ((added, "added"), (gone, "taken out")):
        if ids:
            named = all(isinstance(id, str) for id in ids)
            rows = f"{len(ids)} row{'s' if len(ids) != 1 else ''}"
            said = words.joined([f"'{id}'" for id in ids]) if named else rows
            yield _brief(f"{dotted(path)}: {said} {verb}", f"{dotted(path)}: {rows} {verb}")


def _rows(new: Review, rows: tuple[Any, ...]) -> dict[Any, Any]:
    """The rows of a field by their ids, by all that they say, or as the words that they are."""
    return {
        getattr(row, "id", frozenset(_facts(new, row).items())) if isinstance(row, Record) else _today(new, row): row
        for row in rows
    }


def _item(new: Review, paper: str, id: str) -> str:
    """What an evidence item of a paper is called today."""
    to = moved.now(new, ("evidence", f"{paper}:{id}"))
    return to[1].partition(":")[2] if to else id


def _leaves(new: Review, path: Path, was: Any, now: Any) -> Iterator[_Said]:
    before, after = _facts(new, was), _facts(new, now)
    for rest in sorted({*before, *after}, key=dotted):
        if before.get(rest) != after.get(rest) and (*path, *rest) not in DAYS_OF_LOOKS:
            name = dotted((*path, *rest))
            yield _brief(
                f"{name}: {_said(before.get(rest))} became {_said(after.get(rest))}",
                f"{name}: {'reworded' if rest in before and rest in after else 'added' if rest in after else 'taken out'}",
            )


LONG = 160
"""A list has no room for more characters than these."""


def _brief(said: str, brief: str) -> _Said:
    return said, "changed", brief if len(said) > LONG else None


def _facts(new: Review, value: Any) -> dict[Path, str]:
    """The leaves of a value apart from its checks; a record that was renamed since goes by its new id."""
    found = ((path, leaf) for path, leaf in walk(value) if not isinstance(leaf, Checked) and "checked" not in path)
    return {path: _today(new, leaf) for path, leaf in found}


DAYS_OF_LOOKS = (("status_as_of",), ("no_publication", "date"))
"""Fields that say, as a check does, when somebody looked and how old the copy was."""


def _day(record: Any, path: tuple[str, ...]) -> Any:
    return _day(getattr(record, path[0], None), path[1:]) if path else record


def _today(new: Review, leaf: Any) -> str:
    if isinstance(leaf, Ref) and new.moved:
        kinds, id = leaf.target
        for kind in kinds:
            if to := moved.now(new, (kind, id)):
                return str(leaf).replace(id, to[1])
    return str(leaf)


def _said(value: str | None) -> str:
    return "nothing" if value is None else f"'{value}'"


def _cancers(named: Named, record: Record | None) -> tuple[str, ...]:
    """The cancers that a record is about; the uses of an agent speak for themselves."""
    if named[0] == "cancer":
        return (named[1],)
    found = {
        leaf.target[1]
        for path, leaf in (record.leaves if record else ())
        if isinstance(leaf, Ref) and "cancer" in leaf.target[0] and path[0] != "approvals"
    }
    return tuple(sorted(found))


def _uses(old: Review, new: Review, owner: Named, former: Named) -> Iterator[Change]:
    """What regulators did with the uses of one owner: `melanoma, adjuvant: withdrawn on 2021-02-19`."""
    after = {id: use for id, use in new.uses.items() if (use.owner_kind, use.owner_id) == owner}
    before = {
        (to[1] if id not in after and (to := moved.now(new, ("approval", id))) else id): use
        for id, use in old.uses.items()
        if (use.owner_kind, use.owner_id) == former
    }
    for id in sorted({*before, *after}):
        was, now = before.get(id), after.get(id)
        told = now or was
        assert told is not None, "an id comes from one of the two"
        about = tuple(map(str, (told.approval.cancer, *told.approval.also_in)))
        for said, what in _use(was and was.approval, now and now.approval, id, _name(new, told)):
            yield Change(*owner, said, what, id, about)


def _use(was: Approval | None, now: Approval | None, id: str, name: str) -> Iterator[tuple[str, What]]:
    if now is None:
        yield f"{id}: no longer there", "gone"
        return
    before = [(e.event, e.date) for e in was.events] if was else []
    for event in now.events:
        if (event.event, event.date) not in before:
            yield f"{name}: {event.event} on {event.date}{f' ({event.reason})' if event.reason else ''}", "action"
    if was is None:
        return
    for event, date in sorted(set(before) - {(e.event, e.date) for e in now.events}):
        yield f"{name}: the action '{event} on {date}' is no longer there", "changed"
    for field_ in (
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
        mine, theirs = getattr(was, field_), getattr(now, field_)
        if mine != theirs:
            yield f"{name}: {field_.removesuffix('_words')}: {_joined(mine)} became {_joined(theirs)}", "changed"


def _joined(value: object) -> str:
    return _said(words.joined([str(v) for v in value]) if isinstance(value, tuple) else value and str(value))


def _name(review: Review, use: Use) -> str:
    cancer = review.cancers.get(str(use.approval.cancer))
    setting = tables.setting(review, use.approval.setting, use.approval.line)
    return f"{(cancer.name if cancer else str(use.approval.cancer)).lower()}, {setting}"
