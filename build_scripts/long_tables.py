"""Tables too long for a page: their rows as JSON for the script, and the plain page where they all stand."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any

from markupsafe import Markup

LONG = 500
"""More rows than this are not laid out on the page that asks for them."""
FIRST = 50
"""As many rows stand on that page all the same; the script shows windows of as many."""


@dataclass(frozen=True)
class LongTable:
    """A table that a page could not hold."""

    path: str
    caption: str
    columns: Sequence[Any]
    rows: Sequence[Any]
    feed: str

    @property
    def plain(self) -> str:
        """The Markdown path of the page where the whole table stands."""
        return f"{self.path}.md"

    @property
    def json(self) -> str:
        """The path of its rows as JSON."""
        return f"{self.path}.json"


@dataclass(frozen=True)
class Cell:
    """What stands in a cell, and where the text does not say it: how it sorts, and what a filter finds in it."""

    html: Markup
    sort: str | None = None
    facets: tuple[str, ...] = ()

    @property
    def attributes(self) -> dict[str, str]:
        """The data attributes that the script reads."""
        found = {"sort": self.sort, "facet": "|".join(self.facets)}
        return {name: value for name, value in found.items() if value}


class _Words(HTMLParser):
    """The words of a cell; those of its references apart."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.said: list[str] = []
        self.cited: list[str] = []
        self.open: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "br":
            self.handle_data("; ")
        else:
            self.open.append(dict(attrs).get("class") or "")

    def handle_endtag(self, tag: str) -> None:
        self.open.pop()

    def handle_data(self, data: str) -> None:
        if "cite-card" in self.open:
            self.cited.append(data)
        elif "cite" not in self.open:
            self.said.append(data)


def text(html: str) -> str:
    """What a cell says without the numbers of its citations, or its references; tables.js says the same of a cell."""
    words = _Words(html)
    return " ".join("".join(words.said).split()).replace(" ;", ";") or " ".join("; ".join(words.cited).split())


_CARD = re.compile(r'(<a href="(#ref-\d+)">\[\d+\]</a>)<span class="cite-card"[^>]*>(.*?)</span>')


def feed(titles: Sequence[str], rows: Sequence[tuple[str | None, Sequence[Cell]]]) -> str:
    """The rows as JSON, every distinct cell and every card once: a row is its anchor and the places of its cells."""
    cards: dict[str, str] = {}
    known: dict[Cell, int] = {}
    made = [[anchor, *(known.setdefault(cell, len(known)) for cell in cells)] for anchor, cells in rows]
    for cell in known:
        cards.update((reference, card) for _, reference, card in _CARD.findall(cell.html))
    found = {"columns": titles, "cards": cards, "cells": [_fed(cell) for cell in known], "rows": made}
    return json.dumps(found, ensure_ascii=False, separators=(",", ":")) + "\n"


def _fed(cell: Cell) -> str | list[Any]:
    """A cell as text, or as HTML, text and what differs from the text."""
    said = text(cell.html)
    if "<" not in cell.html and not cell.attributes:
        return said
    html = _CARD.sub(r"\1", str(cell.html))
    return [html, said, cell.attributes] if cell.attributes else [html, said]
