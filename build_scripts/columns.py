"""What a table is made of: columns, views, and what a cell may ask of its page."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from markupsafe import Markup, escape

from build_scripts.long_tables import LongTable
from build_scripts.record import Basis, Checked
from build_scripts.review import Named, Review


class Page(Protocol):
    """What a cell may ask of the page on which it stands."""

    review: Review
    path: str

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

    def components(self, ids: tuple[str, ...]) -> Markup:
        """Links to agents and interventions."""

    def statement(self, said: Any) -> Markup:
        """A sentence of the review with its citations and its level of evidence."""

    def anchor(self, row: Any, within: str = "") -> str | None:
        """The anchor of a row, the same in every build; None where the page has the row already."""

    def place(self, name: str) -> str:
        """An anchor that nothing else on the page has."""

    def set_aside(
        self, name: str, caption: str, columns: Sequence[Column], rows: Sequence[Any], made: Any
    ) -> LongTable | None:
        """Takes a table that is too long; None where the page must hold it whole."""


@dataclass(frozen=True)
class Column:
    """A heading, and what stands under it for a row; where a filter or a sort needs other words, those."""

    title: str
    cell: Callable[[Page, Any], Markup | str]
    facets: Callable[[Page, Any], Sequence[str]] | None = None
    sort: Callable[[Any], str] | None = None


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
    return Markup(", ".join([str(escape(cell)) for cell in cells]) if cells else empty)


def linked(title: str, kind: str, field: str) -> Column:
    """A column of links to records, each of which can be filtered for."""
    return Column(
        title,
        lambda page, row: listed([page.link(kind, id) for id in getattr(row, field)]),
        lambda page, row: names(page.review, kind, getattr(row, field)),
    )


def names(review: Review, kind: str, ids: Iterable[str]) -> list[str]:
    """What readers call some records."""
    labels = review.derived(_labels)
    return [labels.get((kind, str(id)), str(id)) for id in ids]


def _labels(review: Review) -> dict[Named, str]:
    return {named: record.label for named, record in review.owners()}  # type: ignore[attr-defined]
