"""Abbreviations are explained once, and never inside code, headings, links or tags."""

from __future__ import annotations

import pytest
from markupsafe import Markup

from build_scripts import gloss, review


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ("High TMB, then TMB.", 'High <abbr title="{}">TMB</abbr>, then TMB.'),
        ("`TMB` and xTMB and TMB-high", "`TMB` and xTMB and TMB-high"),
        ("# TMB", "# TMB"),
        ("[TMB](tmb.md)", "[TMB](tmb.md)"),
    ],
)
def test_first_use(real: review.Review, given: str, wanted: str) -> None:
    term = real.terms["tmb"]
    found = gloss.explained(real, Markup(given), set())
    assert found == wanted.format(f"{term.name}: {term.definition}")


def test_plain_text_is_escaped(real: review.Review) -> None:
    assert gloss.explained(real, "TMB < 5", {"TMB"}) == "TMB &lt; 5"
