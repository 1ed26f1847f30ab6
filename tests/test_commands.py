"""The commands as an editor runs them."""

from __future__ import annotations

import contextlib
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest
from sites import ENVIRONMENT, small_site

from build_scripts import __main__ as commands


@pytest.fixture(autouse=True)
def on_the_small_project(project: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(commands, "ROOT", project)
    return project


def test_check(capsys: pytest.CaptureFixture[str], project: Path) -> None:
    assert commands.main(["check"]) == 0
    assert capsys.readouterr().out == "21 records and 3 references: no problems\n"
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


def make_site(project: Path) -> subprocess.CompletedProcess[str]:
    """What `make site` runs, on a project of its own."""
    code = f"import sys, pathlib; from build_scripts import hook; sys.exit(hook.site(pathlib.Path({str(project)!r})))"
    return subprocess.run(
        [sys.executable, "-c", code], cwd=commands.__file__.rpartition("/build_scripts")[0], env=ENVIRONMENT,
        capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip


def test_site_comes_whole_or_not_at_all(tmp_path: Path) -> None:
    project = small_site(tmp_path / "p")
    done = make_site(project)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(f"The site is in {project / 'site'}")
    before = {path: path.read_bytes() for path in sorted((project / "site").rglob("*")) if path.is_file()}
    assert len(before) > 60

    (project / "content/targets/pd-1.yml").write_text("name: [\n")
    done = make_site(project)
    assert done.returncode == 1
    assert done.stderr.splitlines()[0].startswith("content/targets/pd-1.yml:2: this is not YAML")
    assert "Traceback" not in done.stderr
    assert {path: path.read_bytes() for path in sorted((project / "site").rglob("*")) if path.is_file()} == before
    assert sorted(path.name for path in project.glob(".site*")) == []


def test_a_site_tells_a_terminal_how_far_it_is(tmp_path: Path) -> None:
    project = small_site(tmp_path / "p")
    (project / ".cache").mkdir()
    ours, theirs = pty.openpty()
    code = f"import sys, pathlib; from build_scripts import hook; sys.exit(hook.site(pathlib.Path({str(project)!r})))"
    root = commands.__file__.rpartition("/build_scripts")[0]
    with subprocess.Popen([sys.executable, "-c", code], cwd=root, env=ENVIRONMENT, stdout=subprocess.DEVNULL, stderr=theirs) as running:  # fmt: skip
        os.close(theirs)
        said = b""
        with contextlib.suppress(OSError):  # the end of a terminal
            while read := os.read(ours, 4096):
                said += read
    os.close(ours)
    assert running.returncode == 0
    assert b" steps of the archive" in said and b" steps of the site" in said
    assert said.endswith(b"\r\x1b[K")


def test_a_template_that_fails_leaves_the_site(tmp_path: Path) -> None:
    project = small_site(tmp_path / "p")
    assert make_site(project).returncode == 0
    before = (project / "site/index.html").read_bytes()
    (project / "templates/home.md.j2").write_text("{{ nonsense }}")
    assert make_site(project).returncode != 0
    assert (project / "site/index.html").read_bytes() == before
    assert sorted(path.name for path in project.glob(".site*")) == []


def test_without_the_packages_it_says_what_to_run() -> None:
    """The first thing that somebody may type in a fresh clone."""
    done = subprocess.run(
        [sys.executable, "-S", "-m", "build_scripts", "check"], cwd=Path(commands.__file__).parent.parent,
        env={"PATH": ""}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert done.stderr.startswith("the packages are not here; run `make check` once") and done.stderr.count("\n") == 1
