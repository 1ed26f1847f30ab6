"""What every record shares: it is frozen, refuses unknown fields, and its claims say where they come from and how they were checked."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, cached_property
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, model_validator

from build_scripts.scalars import AsOf, Day, OutlineId, ReferenceRef, Text, Url, wrong
from build_scripts.source import Path


class Record(BaseModel):
    """What all records share: they never change, and a field that nobody knows is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    @cached_property
    def leaves(self) -> tuple[tuple[Path, Any], ...]:
        """Every leaf and every check inside, with its path in the file."""
        return tuple(walk(self))

    @cached_property
    def checks(self) -> tuple[tuple[Path, Checked], ...]:
        """Every check inside, with its path in the file."""
        return tuple((path, leaf) for path, leaf in self.leaves if isinstance(leaf, Checked))


def walk(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Every leaf and every check inside a record, with its path in the file."""
    if isinstance(value, Record):
        if isinstance(value, Checked):
            yield path, value
        for name, said in _fields(type(value)):
            yield from walk(getattr(value, name), (*path, said))
    elif isinstance(value, tuple):
        for index, child in enumerate(value):
            yield from walk(child, (*path, index))
    elif isinstance(value, dict):
        for key, child in value.items():
            yield from walk(child, (*path, key))
    elif value is not None:
        yield path, value


@cache
def _fields(kind: type[Record]) -> tuple[tuple[str, str], ...]:
    """The fields of a type, as Python and as the file calls them."""
    return tuple((name, info.alias or name) for name, info in kind.model_fields.items())


# Provenance


class Basis(Record):
    """What a statement rests on: a reference, or a page of a regulator, registry or company."""

    model_config = ConfigDict(json_schema_extra={"x-start": ["page", "at"]})

    cite: ReferenceRef | None = None
    """The paper that makes the statement."""
    page: Url | None = None
    """The address of the page that makes the statement."""
    at: Text | None = None
    """Where in it: section, table, abstract, row."""

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.cite is None) == (self.page is None):
            raise wrong("name either a reference (cite) or a page, and not both")
        return self


class Checked(Record):
    """How and when somebody looked a statement up, or why nobody could."""

    model_config = ConfigDict(json_schema_extra={"x-start": ["date", "page", "as_of"]})

    date: Day | None = None
    """The day of the look-up."""
    page: Url | None = None
    """The canonical address of what was read."""
    via: Url | None = None
    """The address of the copy that was read, if it is another."""
    as_of: AsOf | None = None
    """The day that the copy shows for itself, or `unknown`."""
    unverified: Text | None = None
    """Why the statement could not be checked; stands alone."""

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.unverified is not None:
            if any((self.date, self.page, self.via, self.as_of)):
                raise wrong("unverified stands alone: take it out, or take out date, page, via and as_of")
            return self
        if missing := [name for name in ("date", "page", "as_of") if getattr(self, name) is None]:
            raise wrong(f"missing {', '.join(missing)}; a check has date, page and as_of, or says `unverified: <why>`")
        if len(self.date or "") != 10:
            raise wrong("the date of a look-up is a full day, YYYY-MM-DD")
        if self.via == self.page:
            raise wrong("via repeats page; leave it out")
        return self

    @property
    def verified(self) -> bool:
        """Whether somebody saw the statement on a page."""
        return self.unverified is None

    @property
    def known_as_of(self) -> str | None:
        """The day from which freshness counts, or None for an undated or unchecked copy."""
        return None if self.as_of in (None, "unknown") else str(self.as_of)


class Claim(Record):
    """A row that says where it comes from and how it was checked."""

    source: Basis
    """What the row rests on."""
    checked: Checked
    """How it was checked."""


class SecondSource(Claim):
    """Another source for the same row, where the first is weak."""


class Sourced(Claim):
    """A claim that may name further sources."""

    also: tuple[SecondSource, ...] = ()
    """Further sources, where the first is weak."""


class Named(Record):
    """A record with a name of its own, and mostly a page."""

    name: Text
    """The name as readers see it."""
    aliases: tuple[Text, ...] = ()
    """Other names, codes and abbreviations, for the search."""
    outline: tuple[OutlineId, ...] = ()
    """The entries of the outline that the record answers, such as M06."""

    @property
    def label(self) -> str:
        """The words of a link to the record."""
        return self.name


class Entity(Named, Sourced):
    """A thing that the review describes in one sentence."""

    summary: Text
    """One sentence that says what it is."""
