"""The commands as an editor runs them."""

from __future__ import annotations

from pathlib import Path

import pytest

from build_scripts import __main__ as commands


@pytest.fixture(autouse=True)
def on_the_small_project(project: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(commands, "ROOT", project)
    return project


def test_check(capsys: pytest.CaptureFixture[str], project: Path) -> None:
    assert commands.main(["check"]) == 0
    assert capsys.readouterr().out == "8 records and 3 references: no problems\n"
    (project / "content/targets/pd-1.yml").write_text("name: [\n")
    assert commands.main(["check"]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.splitlines()[-1] == "1 problem"
    assert said.err.startswith("content/targets/pd-1.yml:2: this is not YAML")


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2020-03-03", []),
        ("2020-03-04", ["inventumab:melanoma-advanced"]),
        (
            "2021-06-15",
            [
                "inventumab:melanoma-advanced",
                "inventumab:melanoma-later",
                "inventumab-chemotherapy:melanoma-first-line",
            ],
        ),
        ("2021-07-08", ["inventumab:melanoma-advanced", "inventumab-chemotherapy:melanoma-first-line"]),
    ],
)
def test_state_on_a_day(day: str, expected: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert commands.main(["approvals", "--on", day]) == 0
    assert [line.split("\t")[0] for line in capsys.readouterr().out.splitlines()] == expected


@pytest.mark.parametrize("day", ["2021", "2021-02-30", "yesterday", "20210615"])
def test_no_day(day: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert commands.main(["approvals", "--on", day]) == 1
    assert capsys.readouterr().err == f"--on: '{day}' is not a day; write YYYY-MM-DD\n"


def test_build_writes_the_tree_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    assert commands.main(["build", str(out)]) == 0
    assert (out / "agents/inventumab.md").read_text().startswith("---\n")
    assert (out / "data/approvals.json").is_file()
    assert commands.main(["build", str(out)]) == 1
    assert "is not empty" in capsys.readouterr().err


def test_a_folder_that_cannot_be_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("")
    assert commands.main(["build", str(tmp_path / "file" / "out")]) == 1
    assert capsys.readouterr().err.count("\n") == 1
