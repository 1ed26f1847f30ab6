"""What the tests share: the real content, and a small invented project that they may break."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from build_scripts import checks, review

ROOT = Path(__file__).resolve().parent.parent
SMALL = Path(__file__).parent / "small"


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--renew` writes the golden pages anew; read the diff before you commit it."""
    parser.addoption("--renew", action="store_true", help="write the golden pages anew")


@pytest.fixture(scope="session")
def real() -> review.Review:
    """The review as it stands in this repository."""
    return review.load(ROOT)


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The real site, built strictly once."""
    from sites import mkdocs

    out = tmp_path_factory.mktemp("site") / "site"
    done = mkdocs(ROOT, "build", "--strict", "--site-dir", str(out))
    assert done.returncode == 0, done.stderr
    assert "WARNING" not in done.stderr, done.stderr
    return out


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """The system's Chromium, started once."""
    from browsers import chromium

    with chromium() as started:
        yield started


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the small invented project, with the real templates and vocabularies."""
    return copy_of_small(tmp_path / "project")


def copy_of_small(to: Path) -> Path:
    """The small invented project at a new place."""
    shutil.copytree(SMALL, to)
    shutil.copytree(ROOT / "templates", to / "templates")
    shutil.copytree(ROOT / "content" / "vocabularies", to / "content" / "vocabularies")
    return to


@pytest.fixture
def problems_of(project: Path) -> Callable[..., list[str]]:
    """The problems of the small project after some edits, each as the line that an editor sees."""

    def problems(edits: dict[str, tuple[str, str] | str | None] | None = None) -> list[str]:
        for file, edit in (edits or {}).items():
            path = project / file
            if edit is None:
                path.unlink()
            elif isinstance(edit, str):
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(edit, encoding="utf-8")
            else:
                old, new = edit
                text = path.read_text(encoding="utf-8")
                assert old in text, f"{old!r} is not in {file}"
                path.write_text(text.replace(old, new, 1), encoding="utf-8")
        return [str(problem) for problem in checks.problems(review.load(project))]

    return problems
