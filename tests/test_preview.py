"""The live preview: it follows the facts, answers through a mistake from the last good state, and heals."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from conftest import ROOT
from sites import ENVIRONMENT, small_site


class Preview:
    """A running `mkdocs serve` on a small project."""

    def __init__(self, project: Path, port: int) -> None:
        self.project, self.port = project, port
        self.log = (project.parent / "serve.log").open("w+")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "mkdocs", "serve", "--dev-addr", f"127.0.0.1:{port}"],
            cwd=project, env=ENVIRONMENT, stdout=self.log, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip

    def get(self, path: str) -> str:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/{path}", timeout=5) as answer:
            return answer.read().decode()

    def wait(self, path: str, there: str, gone: str = "\0", seconds: float = 60) -> str:
        """The page, once it holds one text and not the other."""
        end = time.monotonic() + seconds
        page = ""
        while time.monotonic() < end:
            try:
                page = self.get(path)
                if there in page and gone not in page:
                    return page
            except OSError:
                pass
            time.sleep(0.3)
        self.log.seek(0)
        raise AssertionError(
            f"{there!r} did not come (or {gone!r} did not go) on /{path}; the log:\n{self.log.read()[-2000:]}"
        )

    def edit(self, file: str, old: str, new: str) -> None:
        path = self.project / file
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new))

    def stop(self) -> str:
        os.killpg(self.process.pid, signal.SIGTERM)
        self.process.wait(20)
        self.log.seek(0)
        said = self.log.read()
        self.log.close()
        return said


@pytest.fixture
def preview(tmp_path: Path) -> Iterator[Preview]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    running = Preview(small_site(tmp_path / "project"), port)
    yield running
    if running.process.poll() is None:
        running.stop()


AGENT = "content/agents/inventumab.yml"


def test_a_mistake_shows_and_heals(preview: Preview) -> None:
    preview.wait("agents/inventumab/", "An invented antibody against PD-1.")
    preview.edit(AGENT, "summary: An invented antibody against PD-1.", "summry: An invented antibody against PD-1.")
    page = preview.wait("agents/inventumab/", 'class="problems"')
    assert (
        f"{AGENT}:13: summry: unknown field; did you mean &#x27;summary&#x27;?" in page.replace("&#39;", "&#x27;")
        or "summry: unknown field" in page
    )
    assert "This is the last good state." in page
    assert "Content-Security-Policy" not in page
    assert '<p class="lede">An invented antibody against PD-1.</p>' in page
    preview.edit(AGENT, "summry: An invented antibody against PD-1.", "summary: A better sentence.")
    preview.wait("agents/inventumab/", "A better sentence.", gone='class="problems"')
    preview.edit("references.bib", "Inventumab in imaginary melanoma", "Inventumab in another melanoma")
    preview.wait("references/doe2020first/", "Inventumab in another melanoma")
    preview.edit("templates/foot.md.j2", "This site describes", "This very site describes")
    preview.wait("", "This very site describes")
    preview.edit("templates/foot.md.j2", "This very site describes", "{{ nonsense }}")
    preview.wait("", "the pages could not be made")
    preview.edit("templates/foot.md.j2", "{{ nonsense }}", "This site describes")
    preview.wait("", "This site describes", gone='class="problems"')
    said = preview.stop()
    assert "summry: unknown field" in said
    assert "Traceback" not in said


def test_it_starts_on_broken_facts(tmp_path: Path, preview: Preview) -> None:
    preview.stop()
    preview.edit(AGENT, "targets: [pd-1]", "targets: pd-1")
    again = Preview(preview.project, preview.port)
    try:
        page = again.wait("trials/NCT00000001/", 'class="problems"')
        assert "This is what could be read." in page
        assert "INVENT-1" in page.replace("&#45;", "-")
        time.sleep(2)
        again.log.flush()
        text = Path(again.log.name).read_text()
        assert text.count("Building documentation") == 1, "the preview builds again and again"
    finally:
        again.stop()


REBUILD = """
import sys
from mkdocs.commands.build import build
from mkdocs.config import load_config

def config():
    found = load_config("mkdocs.yml", site_dir=sys.argv[1])
    found.site_url = "http://127.0.0.1:1/"
    return found

config().plugins.on_startup(command="serve", dirty=False)
for line in sys.stdin:
    build(config(), serve_url="http://127.0.0.1:1/")
    print("built", flush=True)
"""
"""What `mkdocs serve` does after an edit, whenever a line comes in."""


class Rebuilds:
    """One process that builds the preview again and again into one folder."""

    def __init__(self, project: Path, site: Path) -> None:
        self.site = site
        self.process = subprocess.Popen(
            [sys.executable, "-c", REBUILD, str(site)], cwd=project, env=ENVIRONMENT, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip

    def build(self) -> dict[str, bytes]:
        """Every file of the site after one more build."""
        assert self.process.stdin and self.process.stdout
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        said = self.process.stdout.readline()
        assert said == "built\n", self.process.communicate()[1][-2000:]
        return {p.relative_to(self.site).as_posix(): p.read_bytes() for p in self.site.rglob("*") if p.is_file()}

    def stop(self) -> None:
        self.process.communicate()


def test_a_folder_that_is_kept_has_the_files_of_a_new_one(tmp_path: Path) -> None:
    project = small_site(tmp_path / "project")
    (project / ".gitignore").write_text(".cache/\n")
    agent, term, image = project / AGENT, project / "content/glossary/added.yml", project / "content/assets/added.svg"
    whole = agent.read_text()

    def clean() -> dict[str, bytes]:
        shutil.rmtree(project / ".cache", ignore_errors=True)
        new = Rebuilds(project, Path(tempfile.mkdtemp(dir=tmp_path)))
        try:
            return new.build()
        finally:
            new.stop()

    steps: list[Callable[[], object]] = [
        lambda: None,
        lambda: agent.write_text(whole.replace("summary: An invented", "summary: A new")),
        lambda: agent.write_text(whole),
        lambda: agent.write_text(whole.replace("summary:", "summry:")),
        lambda: agent.write_text(whole.replace("name: Inventumab", "name: Other", 1)),
        lambda: (project / "content/combinations/inventumab-chemotherapy.yml").rename(
            project / "content/combinations/inventumab-renamed.yml"
        ),
        lambda: term.write_text((project / "content/glossary/ear-1.yml").read_text().replace("EAR1", "EAR9")),
        lambda: image.write_text("<svg/>"),
        lambda: (term.unlink(), image.unlink()),
        lambda: (project / "templates/agent.md.j2").write_text("{{ nonsense }}"),
        lambda: shutil.copy(ROOT / "templates/agent.md.j2", project / "templates"),
    ]
    preview, compared = Rebuilds(project, tmp_path / "site"), 0
    try:
        for number, step in enumerate(steps):
            step()
            found = preview.build()
            if b'class="problems"' in found["index.html"]:
                continue  # a mistake shows what was good before it, which a clean build does not know
            expected = clean()
            wrong = [path for path in sorted(found | expected) if found.get(path) != expected.get(path)]
            assert not wrong, (number, wrong)
            compared += 1
        assert compared > len(steps) - 4, "only two steps break something"
        assert "agents/inventumab/index.html" in found
    finally:
        preview.stop()
