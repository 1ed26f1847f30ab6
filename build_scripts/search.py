"""The search of the theme, made to know other names: what each record is also called, what ranks first, what is left out."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from markupsafe import escape

from build_scripts.ledger import Combination
from build_scripts.links import PARTS_OF_PAGES, Addresses, address, page_of
from build_scripts.model import KINDS
from build_scripts.record import Record
from build_scripts.review import Review

_NAMES = ("inn", "proper_name", "symbol", "acronym", "brands", "aliases")
_FIRST = {
    "agent": 4.0, "cancer": 4.0, "target": 4.0, "combination": 3.0, "mechanism": 2.0, "strategy": 2.0, "concept": 2.0,
    "intervention": 2.0, "biomarker": 1.5, "family": 1.5, "trial": 2.0, "term": 2.0, "disagreement": 0.7,
    "correction": 0.3,
}  # fmt: skip
"""How much more the page of a kind of record counts than a page that only mentions its name."""
_FIELDS = {"title": {"boost": 1000.0}, "tags": {"boost": 500.0}, "text": {"boost": 1.0}}
"""Another name counts almost as the title does, and both far more than a mention."""
_SEPARATOR = r'[\s\-,:;!?()\[\]"“”/]+|\.(?!\d)|&[lg]t;'
"""Else a word before a comma would be another, rarer word."""


def names(review: Review, kind: str, id: str, record: Record) -> list[str]:
    """What a record is also called: brands, codes, old names, symbols, its registry number, and each without hyphens."""
    found: list[str] = [id] if kind == "trial" else []
    for field in _NAMES:
        value = getattr(record, field, None)
        found += value if isinstance(value, tuple) else [value] if value else []
    if isinstance(record, Combination):
        if record.fixed_dose:
            found += [record.fixed_dose.brand, record.fixed_dose.proper_name]
        partners = [p.name for c in record.components if (p := review.interventions.get(str(c)))]
        # A regimen is often said by the initials of its partner: EV for enfortumab vedotin.
        found += ["".join(word[0] for word in name.split()).upper() for name in partners if " " in name]
    found += [re.sub(r"[\s-]", "", name) for name in found if re.fullmatch(r"[A-Za-z]+[\s-][A-Z]{0,3}-?\d+\w*", name)]
    known = {str(name).casefold(): str(name) for name in reversed(found)}
    return [name for folded, name in reversed(known.items()) if folded not in record.label.casefold()]


def _records(review: Review, addresses: Addresses) -> Iterator[tuple[str, str, str, Record]]:
    for kind in KINDS:
        for id, record in review.records[kind].items() if kind not in PARTS_OF_PAGES else ():
            yield addresses.of(page_of(kind, id)), kind, id, record


def index(theme: dict[str, Any], review: Review, addresses: Addresses) -> dict[str, Any]:
    """The theme's index with other names on the page of each record, records first, and no section that says nothing."""
    known = {page: (kind, id, record) for page, kind, id, record in _records(review, addresses)}
    docs = []
    for doc in theme["docs"]:
        page, section = doc["location"].partition("#")[::2]
        made = {"location": doc["location"], "title": doc["title"], "text": doc["text"]}
        if section and not doc["text"]:
            continue
        if page in known and not section:
            kind, id, record = known[page]
            made["tags"] = [record.label, *names(review, kind, id, record)]
            # Of two names that hold all that was asked for, the shorter one is meant.
            short = 1 / len(record.label.split()) if kind not in ("trial", "intervention") else 0
            # A cancer in which nothing is approved is seldom what "cancer" in a question means.
            bare = kind == "cancer" and (kind, id) not in review.concerning
            made["boost"] = round((1.0 if bare else _FIRST.get(kind, 1.0)) * (1 + short), 2)
        docs.append(made)
    docs += [
        {
            "location": address(addresses, "term", id),
            "title": term.label,
            "text": str(escape(term.definition)),
            "tags": [term.label, *names(review, "term", id, term)],
            "boost": _FIRST["term"],
        }
        for id, term in review.terms.items()
    ]
    return {"config": theme["config"] | {"fields": _FIELDS, "separator": _SEPARATOR}, "docs": docs}


def suggestions(review: Review, addresses: Addresses) -> list[list[str]]:
    """What a misspelt word may have meant: a name, the title of its page, the address; trials go by number and stay out."""
    return [
        [name, record.label, page]
        for page, kind, id, record in _records(review, addresses)
        if kind in _FIRST and kind != "trial"
        for name in (record.label, *names(review, kind, id, record))
    ]


def files(theme: dict[str, Any], review: Review, addresses: Addresses) -> dict[str, str]:
    """The files under `search/`; a page from disk can read no JSON, so that it gets the same as a script."""
    made = _compact(index(theme, review, addresses))
    files = {
        "search/search_index.json": made,
        "search/names.js": f"var __names = {_compact(suggestions(review, addresses))}\n",
    }
    return files if addresses.directories else files | {"search/search_index.js": f"var __index = {made}"}


def _compact(data: Any) -> str:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))
