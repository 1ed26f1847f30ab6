"""The last good site survives whatever ends a build; a full disk and an unwritable folder are one clear line."""

from __future__ import annotations

import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import ROOT, copy_of_small
from sites import ENVIRONMENT, small_site
from test_hostile_files import bounded

from build_scripts import whole

SITE = "import sys, pathlib; from build_scripts import hook; sys.exit(hook.site(pathlib.Path(sys.argv[1])))"
ANY = "import sys, pathlib; from build_scripts import __main__ as c; c.ROOT = pathlib.Path(sys.argv[1]); sys.exit(c.main(sys.argv[2:]))"


def start(code: str, project: Path, *arguments: str, **given: object) -> subprocess.Popen[str]:
    """What a command of the project does, in a process that a test can limit or kill."""
    return subprocess.Popen(
        [sys.executable, "-c", code, str(project), *arguments], cwd=ROOT, env=ENVIRONMENT, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, **given,
    )  # type: ignore[call-overload]  # fmt: skip


def files(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small project with a site that was built once."""
    project = small_site(tmp_path_factory.mktemp("built") / "p")
    process = start(SITE, project)
    assert process.communicate(timeout=300)[1] == ""
    assert len(files(project / "site")) > 60
    return project


@pytest.fixture
def good(built: Path, tmp_path: Path) -> Iterator[tuple[Path, dict[str, bytes]]]:
    """A copy of it, and what its site holds."""
    project = tmp_path / "p"
    shutil.copytree(built, project)
    yield project, files(project / "site")
    project.chmod(0o755)


@pytest.mark.parametrize(
    "moment",
    [
        ".site-{}-files/index.html",
        ".site-{}-files/search/search_index.json",
        ".site-{}/index.html",
        ".site-{}/sitemap.xml",
    ],
)
def test_killed_in_the_middle(moment: str, good: tuple[Path, dict[str, bytes]]) -> None:
    project, before = good
    replace = project / "content/targets/pd-1.yml"
    replace.write_text(replace.read_text().replace("A brake on T cells", "Another brake on T cells"))
    process = start(SITE, project)
    mark, end = project / moment.format(process.pid), time.monotonic() + 200
    while not mark.exists() and process.poll() is None and time.monotonic() < end:
        time.sleep(0.001)
    assert process.poll() is None, process.communicate()
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert files(project / "site") == before
    assert list(project.glob(".site-*")) != []
    again = start(SITE, project)
    assert again.communicate(timeout=300)[1] == ""
    assert list(project.glob(".site-*")) == []
    assert "Another brake" in (project / "site/targets/pd-1/index.html").read_text()


def one_line(process: subprocess.Popen[str], pattern: str) -> None:
    out, err = process.communicate(timeout=300)
    assert (process.returncode, out) == (1, ""), err[-2000:]
    assert re.fullmatch(pattern + "\n", err), err[-2000:]


def small_files_only() -> None:
    """No file may grow beyond 40 kB: what a disk says in the middle of a file when it is full."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, 40_000))


def no_files() -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def test_a_file_that_does_not_fit(good: tuple[Path, dict[str, bytes]]) -> None:
    project, before = good
    shutil.rmtree(project / ".cache")
    one_line(start(SITE, project, preexec_fn=small_files_only), r"\S+: File too large")
    assert files(project / "site") == before
    assert list(project.glob(".site-*")) == []


def test_a_full_disk(good: tuple[Path, dict[str, bytes]], tmp_path: Path) -> None:
    """A file system of the project's size and 300 kB more, in a name space of its own."""
    project, before = good
    (tmp_path / "disk").mkdir()
    script = f"""
    set -e
    mount -t tmpfs -o size=$(( $(du -sk {project} | cut -f1) + 300 ))k none {tmp_path}/disk
    cp -a {project} {tmp_path}/disk/p
    rm -rf {tmp_path}/disk/p/.cache
    set +e
    {sys.executable} -c '{SITE}' {tmp_path}/disk/p
    echo "status $?"
    cp -a {tmp_path}/disk/p/site {tmp_path}/after
    ls -A {tmp_path}/disk/p
    """
    done = subprocess.run(
        ["unshare", "-m", "sh", "-c", script], cwd=ROOT, env=ENVIRONMENT, capture_output=True, text=True, check=False
    )
    if "status" not in done.stdout:
        pytest.skip(f"no file system can be mounted here: {done.stderr}")
    assert "status 1" in done.stdout
    assert re.fullmatch(r"\S+: No space left on device\n", done.stderr), done.stderr[-2000:]
    assert files(tmp_path / "after") == before
    assert ".site-" not in done.stdout


def test_an_unwritable_place_of_the_site(good: tuple[Path, dict[str, bytes]]) -> None:
    project, before = good
    project.chmod(0o555)
    one_line(start(SITE, project, preexec_fn=bounded), r"\S+/p/\.site-\d+-files: Permission denied")
    assert files(project / "site") == before


COMMANDS = {
    "new trial": ("new", "trial", "NCT00000123", "--offline"),
    "new reference": ("new", "reference", "10.5555/new", "--offline"),
    "schema": ("schema",),
    "build": ("build",),
}


@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.parametrize(("limits", "why"), [(no_files, "File too large"), (bounded, "Permission denied")])
def test_a_command_that_cannot_write(name: str, limits: object, why: str, project: Path) -> None:
    command = (*COMMANDS[name], *([str(project / "out")] if name == "build" else []))
    for folder in (project / "content/trials", project):
        folder.chmod(0o555)
    before = files(project)
    one_line(start(ANY, project, *command, preexec_fn=limits), rf"\S+: {why}")
    assert files(project) == before
    for folder in (project / "content/trials", project):
        folder.chmod(0o755)


def test_a_folder_is_never_away(tmp_path: Path) -> None:
    """Two folders change places a thousand times, and whoever looks finds one of them whole."""
    there, new = tmp_path / "site", whole.beside(tmp_path / "site")
    for folder, words in ((there, "a"), (new, "b")):
        folder.mkdir()
        (folder / "index.html").write_text(words)
    if not whole._exchanged(new, there):
        pytest.skip("this system cannot exchange two folders in one step")
    code = "import sys, pathlib; from build_scripts import whole\nfor _ in range(2000): whole.put(*map(pathlib.Path, sys.argv[1:]))"
    process = start(code, new, str(there))
    seen = set()
    while process.poll() is None:
        seen.add((there / "index.html").read_text())
    assert process.communicate()[1] == ""
    assert seen == {"a", "b"}


def test_in_two_steps_where_the_system_has_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(whole, "_exchanged", lambda one, other: False)
    there, new = tmp_path / "site", whole.beside(tmp_path / "site")
    there.mkdir()
    (there / "old").touch()
    with pytest.raises(OSError):
        whole.put(new, there)  # there is nothing to put
    assert [p.name for p in there.iterdir()] == ["old"]
    new.mkdir()
    (new / "new").touch()
    whole.put(new, there)
    assert [p.name for p in there.iterdir()] == ["new"]


def test_what_a_killed_process_left(tmp_path: Path) -> None:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    there, dead = tmp_path / "site", process.pid
    kept = [tmp_path / name for name in (f".site-{os.getpid()}", ".site-notes", ".siteother-1")]
    for folder in (tmp_path / f".site-{dead}-old", tmp_path / f".site-{dead}", *kept):
        folder.mkdir()
    (tmp_path / f".site-{dead}-old/index.html").write_text("the last good one")
    whole.clear(there)
    assert (there / "index.html").read_text() == "the last good one"
    assert sorted(tmp_path.iterdir()) == sorted([there, *kept])


def test_a_file_is_written_whole_or_stays(tmp_path: Path) -> None:
    project = copy_of_small(tmp_path / "p")
    before = (project / "references.bib").read_bytes()
    process = start(
        ANY,
        project,
        *COMMANDS["new reference"],
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (500, 500)),
    )
    one_line(process, r"\S+/references.bib: File too large")
    assert (project / "references.bib").read_bytes() == before
    assert sorted(p.name for p in project.iterdir()) == ["content", "references.bib", "templates"]
