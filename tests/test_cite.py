"""The house style, and the forms in which a reference leaves the site."""

from __future__ import annotations

import json

from build_scripts import cite, exports, review
from build_scripts.record import Checked

REFERENCE = cite.Reference(
    kind="article",
    author=("Doe, Jane Ann", "Roe, R.-P.", "The INVENT Group", "Poe, E", "others"),
    title="A title with a dot.",
    journal="Journal",
    year=2020,
    volume="1",
    number="2",
    pages="3--9",
    doi="10.5555/x",
    pmid="1",
    checked=Checked(unverified="invented"),
)


def test_printed() -> None:
    assert (
        cite.printed(REFERENCE) == "Doe JA, Roe RP, The INVENT Group, et al. A title with a dot. Journal 2020;1(2):3–9."
    )


def test_printed_without_what_was_not_seen() -> None:
    bare = REFERENCE.model_copy(update={"author": ("Doe, Jane",), "volume": None, "number": None, "pages": None})
    assert cite.printed(bare) == "Doe J. A title with a dot. Journal 2020."


def test_bibtex_reads_back() -> None:
    text = exports.bibtex("doe2020x", REFERENCE).replace("\n}", "\n  unverified = {invented}\n}")
    read, _, problems = cite.load(text, "x.bib")
    assert problems == ()
    assert read["doe2020x"] == REFERENCE


def test_ris() -> None:
    lines = exports.ris("doe2020x", REFERENCE).split("\r\n")
    assert lines[0] == "TY  - JOUR"
    assert lines[-2:] == ["ER  - ", ""]
    assert "AU  - Doe, Jane Ann" in lines
    assert "SP  - 3" in lines and "EP  - 9" in lines and "DO  - 10.5555/x" in lines


def test_csl(real: review.Review) -> None:
    key, reference = next(iter(real.references.items()))
    item = exports.csl_row(key, reference, real)
    assert item["id"] == key
    assert item["issued"] == {"date-parts": [[reference.year]]}
    assert item["cited_by"]
    json.dumps(item)
