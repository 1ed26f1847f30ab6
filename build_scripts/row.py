"""What every dataset has: the fields of any row, and the function that makes the rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict

from build_scripts import freshness
from build_scripts.links import SERVED, address
from build_scripts.record import Checked, Record
from build_scripts.review import Review

SCHEMA_VERSION = "1.0"


class Row(BaseModel):
    """What every row of every dataset has."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True, populate_by_name=True)

    id: str
    """The id; it never changes."""
    url: str
    """The address of its page, from the root of the site."""
    verified: bool
    """Whether everything in the row was seen on a page."""
    checked: Checked | None
    """How the row was last checked; null if it makes no claim of its own."""
    due: str | None
    """The day after which a new look is due, counted from the newest copy read; null if none had a day or it does not age."""


@dataclass(frozen=True)
class Dataset:
    """A kind of row, and the function that makes all of them, sorted by id."""

    name: str
    title: str
    row: type[Row]
    rows: Callable[[Review], list[Any]]


def head(review: Review, kind: str, id: str, record: Record) -> dict[str, Any]:
    """The fields that every row has; a record that rests on evidence items is as verified as they are."""
    checks = [*record.checks, *(found for item in review.resting_on(record) for found in item.checks)]
    return {
        "id": id,
        "url": address(SERVED, kind, id),
        "verified": all(check.verified for _, check in checks),
        "checked": getattr(record, "checked", None),
        "due": None if kind in freshness.AGELESS else freshness.due(record),
    }


def told(record: Record) -> dict[str, Any]:
    """The fields of a record that its row repeats as they are."""
    return {name: getattr(record, name) for name in type(record).model_fields if name != "checked"}


def pointing(review: Review, kind: str, id: str, by: str) -> tuple[str, ...]:
    """The records of one kind that point to a record."""
    return tuple(other for owner, other in review.linked_from.get((kind, id), ()) if owner == by)
