"""The real content: each record, each registry number and each reference under a test id of its own."""

from __future__ import annotations

import re

import pytest
from conftest import ROOT

from build_scripts import checks, review
from build_scripts.scalars import NCT

REVIEW = review.load(ROOT)
RECORDS = [f"{kind}:{id}" for kind, records in REVIEW.records.items() for id in records]
NUMBERS = sorted({number for text in REVIEW.texts.values() for number in NCT.findall(text)})
WANG_TABLE_1 = 75


def test_there_is_content() -> None:
    """The walks below must not pass on nothing."""
    assert len(RECORDS) > 250
    assert len(NUMBERS) >= WANG_TABLE_1
    assert len(REVIEW.references) > 100


def test_no_problems() -> None:
    assert [str(problem) for problem in checks.problems(REVIEW)] == []


@pytest.mark.parametrize("number", NUMBERS)
def test_registry_number_resolves(number: str) -> None:
    trial = REVIEW.trials[number]
    assert trial.primary_publication or trial.no_publication


@pytest.mark.parametrize("key", sorted(REVIEW.references))
def test_reference_resolves(key: str) -> None:
    reference = REVIEW.references[key]
    assert REVIEW.linked_from[("reference", key)], "nothing cites it"
    assert reference.checked.verified or reference.checked.unverified
    if reference.checked.verified:
        assert reference.checked.page and reference.checked.date


@pytest.mark.parametrize("record", RECORDS)
def test_every_claim_says_how_it_was_checked(record: str) -> None:
    kind, _, id = record.partition(":")
    for _, check in REVIEW.records[kind][id].checks:
        assert check.verified == (check.date is not None and check.page is not None)


def test_printed_rows_of_wang() -> None:
    """Table 1 has nine agents, 51 rows and 75 trials; each row is answered."""
    printed = REVIEW.reviews["wang-2023"].printed
    assert len(printed) == 51
    assert len({re.split(r"\s*\(", row.agent)[0] for row in printed}) == 9
    numbers = {number for row in printed for words in row.trials for number in NCT.findall(words)}
    assert len(numbers) == WANG_TABLE_1
    assert numbers <= set(REVIEW.trials)


def test_approvals_name_their_trials() -> None:
    assert len(REVIEW.uses) > 150
    for use in REVIEW.uses.values():
        assert use.approval.trials or use.approval.no_trial, use.id


def test_withdrawn_is_a_status() -> None:
    gone = {id for id, use in REVIEW.uses.items() if use.approval.status == "withdrawn"}
    assert "durvalumab:urothelial-previously-treated" in gone
    assert "nivolumab:hcc-previously-treated" in gone
