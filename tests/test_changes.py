"""What changed between two states of the small review, in words."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import copy_of_small
from sites import commit_all

from build_scripts import __main__ as commands
from build_scripts import changes, review

A, T1 = "content/agents/inventumab.yml", "content/trials/NCT00000001.yml"
E1, M = "content/evidence/doe2020first.yml", "content/mechanisms/deaf-tumour.yml"
ROW = """\
  - id: whispering
    statement: Whispering was not tried.
    about: [strategy:shouting]
    direction: mixed
    system: [cells]
    read: abstract
    checked: {date: 2026-01-10, page: https://doi.org/10.5555/first, as_of: 2020-02-02}
"""

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
    "a word in a list": (
        {A: ("aliases: [INV-001", "aliases: [INV-002")},
        ["agent:inventumab: aliases: 'INV-001' became 'INV-002'"],
    ),
    "more words in a list": (
        {A: ("aliases: [INV-001", "aliases: [INV-002, INV-003")},
        ["agent:inventumab: aliases: 'INV-002' and 'INV-003' added", "agent:inventumab: aliases: 'INV-001' taken out"],
    ),
    "a row with an id": (
        {E1: ("  - id: shouting\n", ROW + "  - id: shouting\n")},
        ["paper:doe2020first: items: 'whispering' added"],
    ),
    "a row without an id": (
        {M: ("text: A tumour without ears", "text: A tumour with no ears")},
        [
            "mechanism:deaf-tumour: account[1].text: 'A tumour without ears does not hear T cells.' became "
            "'A tumour with no ears does not hear T cells.'"
        ],
    ),
    "one more row without an id": (
        {M: ("phases:", "  - text: They say so.\n    evidence: [doe2020first:ears-lost]\nphases:")},
        ["mechanism:deaf-tumour: account: 1 row added"],
    ),
    "a number inside a row": (
        {
            E1: (
                'p: "0.8", arm: shouting, n: 40}',
                'p: "0.8", arm: shouting, n: 40}\n      - {what: deaths, value: "12", unit: of 40}',
            )
        },
        ["paper:doe2020first: items.shouting.numbers: 1 row added"],
    ),
    "what a sentence rests on": (
        {M: ("evidence: [doe2020first:ears-lost, doe2020first:shouting]", "evidence: [doe2020first:ears-lost]")},
        ["mechanism:deaf-tumour: conclusions[1].evidence: 'doe2020first:shouting' taken out"],
    ),
    "a record that cannot be read any more": (
        {T1: ("status: COMPLETED", "status: FINISHED")},
        ["trial:NCT00000001: not compared: one of its two states cannot be read"],
    ),
    "a reference": (
        {"references.bib": ("Inventumab in imaginary melanoma", "Inventumab in real melanoma")},
        ["reference:doe2020first: title: 'Inventumab in imaginary melanoma' became 'Inventumab in real melanoma'"],
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
    states = review.load(old), review.load(new)
    assert [str(change) for change in changes.changes(*states)] == expected
    # What is the same in both states needs no reading.
    assert changes.between(states[0].texts, states[1].texts) == changes.changes(*states)


def test_a_new_record(tmp_path: Path) -> None:
    old, new = copy_of_small(tmp_path / "old"), copy_of_small(tmp_path / "new")
    (old / "content/combinations/inventumab-chemotherapy.yml").unlink()
    assert [str(change) for change in changes.changes(review.load(old), review.load(new))] == [
        "combination:inventumab-chemotherapy: new record",
        "combination:inventumab-chemotherapy: melanoma, advanced, first line: approved on 2021-01-02",
    ]


def test_a_renamed_record_is_not_a_new_one(tmp_path: Path) -> None:
    from test_moved import renamed

    old, new = copy_of_small(tmp_path / "old"), renamed(copy_of_small(tmp_path / "new"))
    states = review.load(old), review.load(new)
    assert [str(change) for change in changes.changes(*states)] == [
        "correction:poe-invent-1: says[1].as_printed: 'INVENT-1 (NCT00000002) and NCT99999999' became 'INVENT-1 (NCT00000009) and NCT99999999'",
        "correction:poe-invent-1: holds: 'NCT00000002 is an extension of INVENT-1.' became 'NCT00000009 is an extension of INVENT-1.'",
        "paper:roe2021best: renamed from 'doe2020first'",
        "paper:roe2021best: items.ears-gone.id: 'ears-lost' became 'ears-gone'",
        "reference:roe2021best: renamed from 'doe2020first'",
        "review:poe-2022: printed[1].trials: 'INVENT-1 (NCT00000002)' became 'INVENT-1 (NCT00000009)'",
        "trial:NCT00000009: renamed from 'NCT00000002'",
        "trial:NCT00000009: source.page: 'https://clinicaltrials.gov/study/NCT00000002' became 'https://clinicaltrials.gov/study/NCT00000009'",
        "trial:NCT00000009: 1 row looked up again",
    ]
    assert changes.between(states[0].texts, states[1].texts) == changes.changes(*states)


def test_a_long_text_is_only_named_in_a_list(tmp_path: Path) -> None:
    old, new = copy_of_small(tmp_path / "old"), copy_of_small(tmp_path / "new")
    path = new / A
    path.write_text(
        path.read_text().replace("An invented antibody against", f"An {'ever ' * 30}invented antibody against")
    )
    (change,) = changes.changes(review.load(old), review.load(new))
    assert change.brief == "summary: reworded"
    assert change.words.startswith("summary: 'An invented antibody against PD-1.' became 'An ever ever")


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
