"""What the live preview need not do again: whatever was made from a review stands while all that it read there is the same."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import Any

from build_scripts.review import Review

Path = tuple[Any, ...]
"""Where something stands in a review: the name of an attribute or what was derived, and the keys below it."""

_ABSENT = object()
_PLAIN = (dict, MappingProxyType)


@dataclass
class Notes:
    """What was read: single values by the mapping that they stand in, and what was read whole."""

    keys: dict[Path, dict[Any, Any]] = field(default_factory=dict)
    whole: dict[Path, Any] = field(default_factory=dict)

    def seen(self, path: Path, value: Any) -> Any:
        """A value of the review, noted; of a mapping, only what is asked of it."""
        if type(value) in _PLAIN:
            return _Watched(self, path, value)
        self.whole[path] = value
        return value


class _Watched(Mapping[Any, Any]):
    """A mapping that notes each key that it is asked for, or that it was read whole."""

    __slots__ = ("_keys", "_notes", "_of", "_path")

    def __init__(self, notes: Notes, path: Path, of: Mapping[Any, Any]) -> None:
        self._notes, self._path, self._of = notes, path, of
        self._keys = notes.keys.setdefault(path, {})

    def get(self, key: Any, default: Any = None) -> Any:
        value = self._of.get(key, _ABSENT)
        if type(value) in _PLAIN:
            return _Watched(self._notes, (*self._path, key), value)
        self._keys[key] = value
        return default if value is _ABSENT else value

    def __getitem__(self, key: Any) -> Any:
        value = self.get(key, _ABSENT)
        if value is _ABSENT:
            raise KeyError(key)
        return value

    def __contains__(self, key: object) -> bool:
        return self.get(key, _ABSENT) is not _ABSENT

    def _all(self) -> Mapping[Any, Any]:
        self._notes.whole[self._path] = self._of
        return self._of

    def __iter__(self) -> Iterator[Any]:
        return iter(self._all())

    def __len__(self) -> int:
        return len(self._all())

    def keys(self) -> Any:
        return self._all().keys()

    def values(self) -> Any:
        return self._all().values()

    def items(self) -> Any:
        return self._all().items()


class WatchedReview(Review):
    """A review that notes what is read of it; whatever it derives comes from the review itself."""

    def __init__(self, real: Review, notes: Notes) -> None:
        object.__setattr__(self, "_real", real)
        object.__setattr__(self, "_notes", notes)

    def __getattr__(self, name: str) -> Any:
        return self._notes.seen((name,), getattr(self._real, name))

    def derived(self, make: Callable[..., Any], *of: Hashable) -> Any:
        """What the review derives, noted."""
        return self._notes.seen(((make, of),), self._real.derived(make, *of))


def _noted(name: str) -> Any:
    return property(lambda self: self.__getattr__(name))


for _name, _said in vars(Review).items():
    if isinstance(_said, cached_property):
        setattr(WatchedReview, _name, _noted(_name))


@dataclass
class _Made:
    """A thing that was made, and what it read."""

    value: Any
    notes: Notes


class _Compared:
    """What of a review has been compared with what earlier ones said; it holds on to that, so that none is taken for another."""

    def __init__(self, review: Review) -> None:
        self.review = review
        self._places: dict[Path, Any] = {}
        self._known: dict[tuple[int, int], tuple[Any, Any, bool]] = {}

    def holds(self, notes: Notes) -> bool:
        """Whether all that was read is the same in this review."""
        for path, keys in notes.keys.items():
            there = self._at(path) if keys else {}
            for key, old in keys.items():
                new = there.get(key, _ABSENT) if type(there) in _PLAIN else _ABSENT
                if old is not new and not self._same(old, new):
                    return False
        return all(self._same(old, self._at(path)) for path, old in notes.whole.items())

    def _at(self, path: Path) -> Any:
        if path not in self._places:
            *above, last = path
            if above:
                around = self._at(tuple(above))
                self._places[path] = around.get(last, _ABSENT) if type(around) in _PLAIN else _ABSENT
            elif isinstance(last, str):
                self._places[path] = getattr(self.review, last)
            else:
                make, of = last
                self._places[path] = self.review.derived(make, *of)
        return self._places[path]

    def _same(self, old: Any, new: Any) -> bool:
        if old is new:
            return True
        pair = (id(old), id(new))
        if pair not in self._known:
            self._known[pair] = (old, new, type(old) is type(new) and self._equal(old, new))
        return self._known[pair][2]

    def _equal(self, old: Any, new: Any) -> bool:
        if type(old) in _PLAIN:
            # Who reads a mapping whole reads its order too.
            return list(old) == list(new) and all(map(self._same, old.values(), new.values()))
        return bool(old == new)


@dataclass
class _Made:
    """A thing that was made, and what it read."""

    value: Any
    notes: Notes


@dataclass
class Memory:
    """What was made from the reviews of one preview, so that the next makes only what has changed."""

    _read: dict[Hashable, Any] = field(default_factory=dict)
    _made: dict[Hashable, _Made] = field(default_factory=dict)
    _used: set[Hashable] = field(default_factory=set)
    _compared: _Compared | None = None

    def reader(self) -> Callable[..., Any]:
        """For one reading of all files: calls a function that depends on its arguments only, if the last reading has not."""
        before, self._read = self._read, {}

        def once(make: Callable[..., Any], *of: Hashable) -> Any:
            key = (make, of)
            if key not in self._read:
                self._read[key] = before[key] if key in before else make(*of)
            return self._read[key]

        return once

    def make(self, review: Review, make: Callable[..., Any], *of: Hashable) -> Any:
        """What a function makes of a review: as before if all that it read then is the same in this one."""
        if self._compared is None or self._compared.review is not review:
            self._compared = _Compared(review)
        key = (make, of)
        self._used.add(key)
        known = self._made.get(key)
        if known is None or not self._compared.holds(known.notes):
            notes = Notes()
            known = self._made[key] = _Made(make(WatchedReview(review, notes), *of), notes)
        return known.value

    def tidy(self) -> None:
        """Forgets what nobody has asked for since the last time."""
        self._made = {key: made for key, made in self._made.items() if key in self._used}
        self._used = set()
