"""The real content: each record, each registry number and each reference under a test id of its own."""

from __future__ import annotations

import re

import pytest
from conftest import ROOT

from build_scripts import checks, coverage, review
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
    assert REVIEW.linked_from.get(("reference", key)) or key in REVIEW.papers, "nothing cites it"
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


def test_every_number_of_the_two_reviews_has_an_outcome() -> None:
    assert {id: len(r.citations) for id, r in REVIEW.reviews.items()} == {"zhou-2022": 284, "wang-2023": 164}
    identified = [c for r in REVIEW.reviews.values() for c in r.citations if c.identifiable in "AB"]
    assert sum(c.state == "unresolved" for c in identified) < 0.05 * len(identified)


def test_every_registry_number_of_the_two_reviews_has_a_record() -> None:
    named = {id: set(r.registry_numbers) for id, r in REVIEW.reviews.items()}
    assert {id: len(numbers) for id, numbers in named.items()} == {"zhou-2022": 27, "wang-2023": 97}
    assert len(set().union(*named.values())) == 119
    assert set().union(*named.values()) <= set(REVIEW.trials)


def test_the_outline_is_covered() -> None:
    states = [entry.state for entry in coverage.outline(REVIEW)]
    assert len(states) == 627
    assert sum(state in ("done", "merged") for state in states) >= 0.95 * len(states)


@pytest.mark.parametrize("family", sorted(REVIEW.families))
def test_a_family_is_told_as_a_section(family: str) -> None:
    """400 to 900 words, or fewer where the family has one member; each member is linked."""
    text = REVIEW.texts[f"content/families/{family}.md"]
    words = len(re.sub(r"\[@[^\]]*\]|\[\[[^|\]]*\|?|\]\]", " ", text).split())
    kind = {"mechanisms": "mechanism", "strategies": "strategy"}[REVIEW.families[family].of]
    members = [id for id, record in REVIEW.records[kind].items() if record.family == family]
    assert members
    assert (400 if len(members) > 1 else 150) <= words <= 900
    assert [id for id in members if f"[[{kind}:{id}" not in text] == []


def test_evidence_is_of_more_than_one_direction_and_system() -> None:
    """A review that only collects support would be no review."""
    directions = [item.direction for item in REVIEW.evidence.values()]
    assert len(directions) > 300
    assert directions.count("contradicts") + directions.count("mixed") > 30
    assert {str(s) for item in REVIEW.evidence.values() for s in item.system} >= {"randomised trial", "animal model"}
