"""What changed between two states of the small review, in words."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import copy_of_small
from sites import commit_all

from build_scripts import __main__ as commands
from build_scripts import changes, review

A, T1 = "content/agents/inventumab.yml", "content/trials/NCT00000001.yml"

CASES: dict[str, tuple[dict[str, tuple[str, str] | None], list[str]]] = {
    "nothing": ({}, []),
    "a withdrawal": (
        {
            A: (
                "        checked: {unverified: no page gives the day}\n",
                "        checked: {unverified: no page gives the day}\n"
                "      - event: withdrawn\n        date: 2023-04-05\n        reason: the company asked\n"
                "        source: {page: https://example.org/}\n        checked: {unverified: invented}\n",
            )
        },
        [
            "agent:inventumab: 1 row looked up again",
            "agent:inventumab: melanoma, advanced, first line: withdrawn on 2023-04-05 (the company asked)",
        ],
    ),
    "a status": (
        {T1: ("status: COMPLETED", "status: TERMINATED")},
        ["trial:NCT00000001: status: 'COMPLETED' became 'TERMINATED'"],
    ),
    "a value of a read-out": (
        {T1: ("value: '0.60'", "value: '0.61'")},
        ["trial:NCT00000001: readouts.os-final.value: '0.60' became '0.61'"],
    ),
    "a look-up": (
        {
            T1: (
                "checked: {date: 2026-01-10, page: https://doi.org",
                "checked: {date: 2026-02-10, page: https://doi.org",
            )
        },
        ["trial:NCT00000001: 1 row looked up again"],
    ),
    "a record that is gone": (
        {"content/trials/NCT00000002.yml": None},
        ["trial:NCT00000002: no longer there"],
    ),
    "a population": (
        {A: ("population: adults with advanced melanoma", "population: everybody with advanced melanoma")},
        [
            "agent:inventumab: melanoma, advanced, first line: population: 'adults with advanced melanoma' became "
            "'everybody with advanced melanoma'"
        ],
    ),
    "a field that was empty": (
        {T1: ("sponsor: Invented Pharma\n", "")},
        ["trial:NCT00000001: sponsor: 'Invented Pharma' became nothing"],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_words(name: str, tmp_path: Path) -> None:
    edits, expected = CASES[name]
    old, new = copy_of_small(tmp_path / "old"), copy_of_small(tmp_path / "new")
    for file, edit in edits.items():
        path = new / file
        if edit is None:
            path.unlink()
        else:
            assert edit[0] in path.read_text()
            path.write_text(path.read_text().replace(*edit, 1))
    assert [str(change) for change in changes.changes(review.load(old), review.load(new))] == expected


def test_a_new_record(tmp_path: Path) -> None:
    old, new = copy_of_small(tmp_path / "old"), copy_of_small(tmp_path / "new")
    (old / "content/combinations/inventumab-chemotherapy.yml").unlink()
    assert [str(change) for change in changes.changes(review.load(old), review.load(new))] == [
        "combination:inventumab-chemotherapy: new record",
        "combination:inventumab-chemotherapy: melanoma, advanced, first line: approved on 2021-01-02",
    ]


def test_the_command(project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(commands, "ROOT", project)
    commit_all(project)
    path = project / T1
    path.write_text(path.read_text().replace("status: COMPLETED", "status: TERMINATED"))
    assert commands.main(["changes", "HEAD"]) == 0
    assert capsys.readouterr() == (
        "trial:NCT00000001: status: 'COMPLETED' became 'TERMINATED'\n",
        "1 changes since HEAD\n",
    )
    for revision in ("no-such-revision", "--help", "HEAD~9"):
        assert commands.main(["changes", "--", revision]) == 1
        assert capsys.readouterr().err.count("\n") == 1
