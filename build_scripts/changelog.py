"""What changed in the facts on each day, out of the repository's history; what a long day comes to."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from itertools import groupby
from pathlib import Path

from build_scripts import history, kept
from build_scripts.changes import CONTEXT, Change, What, between
from build_scripts.history import Commit
from build_scripts.links import FOLDER
from build_scripts.review import BIBLIOGRAPHY, CONTENT, MOVED
from build_scripts.source import decode

MOST_DAYS = 100
"""Older days are left to the repository's history."""
MANY = 20
"""When one thing happened to more records of a kind on a day, they are counted and not listed."""
MOST_LINES = 8
"""A record that changed in more ways says how many more."""


@dataclass(frozen=True)
class Day:
    """The last commit of a day on which facts changed, and what differs from the day before."""

    commit: Commit
    changes: tuple[Change, ...]

    @property
    def date(self) -> str:
        """The day, YYYY-MM-DD in UTC."""
        return self.commit.day


@dataclass(frozen=True)
class Log:
    """The days on which facts changed, newest first; none only with a reason."""

    days: tuple[Day, ...]
    unknown: str | None = None
    """Why nobody can tell."""
    cut: bool = False
    """Whether there are older days."""

    def __post_init__(self) -> None:
        if bool(self.days) == bool(self.unknown):
            raise ValueError("a log has days, or says why it has none")


UNASKED = Log((), "this copy was made without asking the repository")


@dataclass(frozen=True)
class Entry:
    """What a reader is told of one record or approved use on one day; without an id, of many at once."""

    kind: str
    what: What
    id: str | None
    lines: tuple[str, ...]


def told(changes: Sequence[Change]) -> tuple[Entry, ...]:
    """The changes of a day as a reader wants them: what regulators did first, many of a kind as their number, looks last."""
    by_record: dict[tuple[str, str], list[Change]] = {}
    for change in changes:
        about = ("approval", change.use) if change.use else (change.kind, change.id)
        by_record.setdefault(about, []).append(change)
    looked = {(c.kind, c.id) for c in changes if c.what == "looked up"}
    looked -= {(c.kind, c.id) for c in changes if c.what != "looked up"}
    entries = []
    for (kind, id), differences in by_record.items():
        facts = [change for change in differences if change.what != "looked up"]
        lines = [change.brief or change.words for change in facts]
        if len(lines) > MOST_LINES:
            lines[MOST_LINES - 1 :] = [f"{len(lines) - MOST_LINES + 1} more changes"]
        if facts:
            what = facts[0].what if len({change.what for change in facts}) == 1 else "changed"
            entries.append(Entry(kind, what, id, tuple(lines)))
    order = {kind: rank for rank, kind in enumerate(("approval", *FOLDER))}
    entries.sort(key=lambda e: (order[e.kind], _ORDER.index(e.what), e.id or ""))
    found: list[Entry] = []
    for (kind, what), group in groupby(entries, key=lambda e: (e.kind, e.what)):
        alike = list(group)
        found += alike if len(alike) <= MANY else [Entry(kind, what, None, (f"{len(alike)} {_VERBS[what]}",))]
    if looked:
        said = f"{len(looked)} record{'s' if len(looked) != 1 else ''} looked up again, with nothing to change"
        found.append(Entry("looks", "looked up", None, (said,)))
    return tuple(found)


_VERBS: dict[What, str] = {
    "action": "uses with new actions of their regulator",
    "new": "new records",
    "renamed": "records renamed",
    "changed": "records changed",
    "gone": "records no longer there",
    "unread": "records not compared, since one of their two states cannot be read",
    "looked up": "records looked up again",
}
_ORDER = tuple(_VERBS)


def load(root: Path, tell: Callable[[int, int], None] = lambda done, of: None) -> Log:
    """The log of the repository at `root`; what an earlier build left in `.cache` is not worked out again."""
    days = history.days(root, *_FACTS)
    if isinstance(days, str):
        return Log((), days)
    folder, used, found = root / ".cache" / "changes", set(), []
    shown = days[:MOST_DAYS]
    code = _code()
    for done, (new, old) in enumerate(zip(shown, (*days[1:], None)[: len(shown)], strict=True)):
        tell(done, len(shown))
        name = kept.key(code, old.name if old else "", new.name)
        used.add(name)
        changes = _left(folder / name)
        if changes is None:
            states = _states(root, old and old.name, new.name)
            if states is None:
                return Log((), "this copy lacks some of the older files")
            changes = between(*states)
            _leave(folder / name, changes)
        if changes:
            found.append(Day(new, changes))
    tell(len(shown), len(shown))
    _tidy(folder, used)
    return Log(tuple(found), None if found else "no change of a fact has been committed", len(days) > len(shown))


_FACTS = (f":(glob){CONTENT}/**/*.yml", BIBLIOGRAPHY)


def state(root: Path, revision: str) -> dict[str, str] | None:
    """The texts of the facts of a revision, by their paths; None if it is not here."""
    listed = history.tree(root, revision, CONTENT, BIBLIOGRAPHY)
    return None if listed is None else _texts(root, listed)


def _states(root: Path, old: str | None, new: str) -> tuple[Mapping[str, str], Mapping[str, str]] | None:
    """The texts of two revisions, of which the same ones are left out where no words depend on them."""
    trees = [history.tree(root, name, CONTENT, BIBLIOGRAPHY) if name else {} for name in (old, new)]
    before, after = trees
    if before is None or after is None:
        return None
    same = {path for path, content in after.items() if before.get(path) == content}
    same -= {path for path in same if path.startswith(CONTEXT) or path == MOVED}
    texts = [_texts(root, {path: name for path, name in tree.items() if path not in same}) for tree in (before, after)]
    return None if texts[0] is None or texts[1] is None else (texts[0], texts[1])


def _texts(root: Path, tree: Mapping[str, str]) -> dict[str, str] | None:
    facts = {path: name for path, name in tree.items() if path.endswith(".yml") or path == BIBLIOGRAPHY}
    contents = history.contents(root, facts.values())
    if contents is None:
        return None
    decoded = {path: decode(contents[name], path) for path, name in facts.items()}
    # Bytes that are no text make a record that cannot be read, and not one that is not there.
    return {path: "no text" if problems else text for path, (text, problems) in decoded.items()}


def _code() -> bytes:
    """All of our code, since any of it may decide the words."""
    return b"".join(path.read_bytes() for path in sorted(Path(__file__).parent.glob("*.py")))


def _left(path: Path) -> tuple[Change, ...] | None:
    """What an earlier build found; None if it left nothing, or nothing whole."""
    try:
        body = kept.opened(path.read_bytes())
    except OSError:
        return None
    return body and tuple(Change(**given | {"cancers": tuple(given["cancers"])}) for given in json.loads(body))


def _leave(path: Path, changes: tuple[Change, ...]) -> None:
    with suppress(OSError):  # an unwritable place costs only time
        kept.leave(path, kept.sealed(json.dumps([asdict(change) for change in changes], ensure_ascii=False).encode()))


def _tidy(folder: Path, used: set[str]) -> None:
    """Takes away what no build of this commit asks for."""
    for path in folder.glob("*"):
        if path.name not in used:
            with suppress(OSError):
                path.unlink(missing_ok=True)
