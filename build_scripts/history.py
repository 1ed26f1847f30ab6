"""The commit that the site is made from: its name and its day, so that no output ever reads the clock."""

from __future__ import annotations

import io
import os
import subprocess
import tarfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path


@dataclass(frozen=True)
class Commit:
    """A commit's hash (with `-changed` if the work tree differs from it), and its time in seconds since 1970, UTC."""

    name: str
    seconds: int

    @property
    def day(self) -> str:
        """The day of the commit, YYYY-MM-DD in UTC."""
        return datetime.fromtimestamp(self.seconds, UTC).date().isoformat()


def commit(root: Path) -> Commit | None:
    """The commit checked out at `root`; None outside a repository, where SOURCE_DATE_EPOCH may still give the day."""
    told = os.environ.get("SOURCE_DATE_EPOCH", "")
    shown = _git(root, "log", "-1", "--format=%H %ct")
    # A release archive unpacked inside some other repository is not that repository's commit.
    if shown and _git(root, "rev-parse", "--show-prefix") == "":
        name, seconds = shown.split()
        changed = _git(root, "status", "--porcelain", "--untracked-files=normal", "--", ".")
        return Commit(f"{name}-changed" if changed else name, int(seconds))
    return Commit("unknown", int(told)) if told.isdigit() else None


def checked_out(root: Path, revision: str, to: Path, paths: tuple[str, ...]) -> bool:
    """Writes some paths of a revision under `to`; False if the repository has no such revision, as a shallow clone."""
    if _git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}") is None:
        return False
    try:
        archive = subprocess.run(
            ["git", "-C", str(root), "archive", "--format=tar", revision, "--", *paths],
            capture_output=True,
            check=True,
            timeout=60,
        )
        with tarfile.open(fileobj=io.BytesIO(archive.stdout)) as tar:
            # The first releases of Python 3.11 know no filters; this archive is our own in any case.
            tar.extractall(to, **({"filter": "data"} if hasattr(tarfile, "data_filter") else {}))
    except (OSError, subprocess.SubprocessError, tarfile.TarError):
        return False
    return True


def see_cleaned(root: Path, filter: str, clean: str, folder: str) -> bool:
    """Lets git of this clone see the files of a folder through a filter, and as unchanged; False if it is no repository."""
    if _git(root, "config", "--local", f"filter.{filter}.clean", clean) is None:
        return False
    # Git takes a file of another size for changed until it is added, which stages nothing here.
    _git(root, "add", "--", folder)
    return True


def _git(root: Path, *arguments: str) -> str | None:
    try:
        done = subprocess.run(
            ["git", "-C", str(root), *arguments], capture_output=True, text=True, check=False, timeout=30
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() if done.returncode == 0 else None
