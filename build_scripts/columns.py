"""What a table is made of: columns, views, and what a cell may ask of its page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from markupsafe import Markup, escape

from build_scripts.record import Basis, Checked
from build_scripts.review import Review


class Page(Protocol):
    """What a cell may ask of the page on which it stands."""

    review: Review

    def link(self, kind: str, id: str, text: str | None = None) -> Markup:
        """A link to a record."""

    def link_address(self, kind: str, id: str) -> str:
        """The relative address of a record."""

    def sourced(self, source: Basis, checked: Checked) -> Markup:
        """The mark that says what a row rests on and how it was checked."""

    def url(self, to: str, anchor: str = "") -> str:
        """The relative address of a page or file of the site."""

    def check_mark(self, checked: Checked) -> Markup:
        """A word beside an undated copy or an unverified row."""

    def cite(self, key: str) -> Markup:
        """A numbered citation."""

    def evidence_label(self, id: str) -> Markup:
        """The source of an evidence item, as a link to it."""

    def statement(self, said: Any) -> Markup:
        """A sentence of the review with its citations and its level of evidence."""

    def anchor(self, row: Any) -> str | None:
        """The anchor of a row that has its home on this page."""


@dataclass(frozen=True)
class Column:
    """A heading, and what stands under it for a row."""

    title: str
    cell: Callable[[Page, Any], Markup | str]


@dataclass(frozen=True)
class View:
    """A table that prose and templates may ask for by name."""

    dataset: str
    caption: str
    columns: tuple[str, ...]
    keep: Callable[[Any], bool] = lambda row: True
    order: Callable[[Any], Any] = lambda row: row.id
    newest_first: bool = False


def listed(cells: Sequence[Markup | str], empty: str = "–") -> Markup:
    """Several things in one cell."""
    return Markup(", ").join(escape(cell) for cell in cells) if cells else Markup(empty)


def linked(kind: str, field: str) -> Callable[[Page, Any], Markup]:
    """A cell with links to the records that a field names."""
    return lambda page, row: listed([page.link(kind, id) for id in getattr(row, field)])
