"""The live preview: it follows the facts, answers through a mistake from the last good state, and heals."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
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
