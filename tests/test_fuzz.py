"""A few cases of every target of the fuzzer; `python tests/fuzz.py` runs as many as you like."""

from __future__ import annotations

import fuzz
import pytest

FEW = {"projects with a wrong file": 20}


@pytest.mark.parametrize("name", fuzz.TARGETS)
def test_never_an_exception(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    # The fuzzer takes git out of the way of its own project; the tests that follow get it back.
    monkeypatch.setattr(fuzz.review, "commit", fuzz.review.commit)
    cases = FEW.get(name, 150)
    assert fuzz.run(name, cases, 1) >= cases * 0.9
