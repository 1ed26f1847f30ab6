"""Building whole sites in tests: the real one once, the small one as often as a test needs."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from conftest import ROOT, copy_of_small

ENVIRONMENT = {**os.environ, "NO_MKDOCS_2_WARNING": "1", "SITE_URL": "", "REPO_URL": ""}


def small_site(to: Path) -> Path:
    """The small project with a configuration of its own, ready for MkDocs."""
    copy_of_small(to)
    shutil.copytree(ROOT / "content" / "assets", to / "content" / "assets")
    for name in ("about", "contribute", "methods"):
        (to / "content" / f"{name}.md").write_text(f"# {name.capitalize()}\n\nWords.\n")
    config = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    assert "  - build_scripts/hook.py" in config
    config = config.replace("  - build_scripts/hook.py", f"  - {ROOT / 'build_scripts' / 'hook.py'}")
    (to / "mkdocs.yml").write_text(config, encoding="utf-8")
    return to


def commit_all(project: Path, day: str = "2026-01-20T12:00:00+00:00") -> None:
    """Makes the project a repository with one commit of a fixed day."""
    who = {
        "GIT_AUTHOR_NAME": "t", "GIT_AUTHOR_EMAIL": "t@example.org", "GIT_AUTHOR_DATE": day,
        "GIT_COMMITTER_NAME": "t", "GIT_COMMITTER_EMAIL": "t@example.org", "GIT_COMMITTER_DATE": day,
    }  # fmt: skip
    for command in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "x"]):
        subprocess.run(["git", "-C", str(project), *command], check=True, env={**os.environ, **who})


def mkdocs(project: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Runs MkDocs on a project."""
    return subprocess.run(
        [sys.executable, "-m", "mkdocs", *arguments],
        cwd=project, env={**ENVIRONMENT, **environment}, capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
