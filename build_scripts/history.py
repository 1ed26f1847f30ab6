"""What git knows: the commit that the site is made from, so that no output ever reads the clock, and the states before it."""

from __future__ import annotations

import io
import os
import subprocess
from collections.abc import Iterable
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


def days(root: Path, *paths: str) -> tuple[Commit, ...] | str:
    """The last commit of each day on which some paths changed, newest first; or why nobody can tell."""
    if _git(root, "rev-parse", "--show-prefix") != "":
        return "this copy was made outside the repository, as from an archive"
    if _git(root, "rev-parse", "--is-shallow-repository") != "false":
        return "this copy was made from a shallow clone, which lacks the older commits"
    log = _git(root, "log", "--first-parent", "--format=%H %ct", "--", *paths)
    if not log:
        return "nothing has been committed yet"
    found: list[Commit] = []
    for line in log.splitlines():
        name, seconds = line.split()
        # A clock that was set back must not put an older commit on a later day.
        commit = Commit(name, min(int(seconds), found[-1].seconds) if found else int(seconds))
        if not found or commit.day != found[-1].day:
            found.append(commit)
    return tuple(found)


def tree(root: Path, revision: str, *paths: str) -> dict[str, str] | None:
    """The files of a revision under some paths, each with the name of its content; None if there is no such revision."""
    commit = _git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    listed = commit and _git(root, "ls-tree", "-r", "-z", "--full-tree", commit, "--", *paths)
    if listed is None:
        return None
    entries = (entry.partition("\t") for entry in listed.split("\0") if entry)
    # Mode, type and name: neither links nor the commits of other repositories are files.
    return {path: told.split()[2] for told, _, path in entries if told.startswith("100")}


def contents(root: Path, names: Iterable[str]) -> dict[str, bytes] | None:
    """The bytes of some contents by their names; None if one is not here, as in a partial clone without a network."""
    wanted = sorted(set(names))
    try:
        done = subprocess.run(
            ["git", "-C", str(root), "cat-file", "--batch"],
            input="".join(f"{name}\n" for name in wanted).encode(), capture_output=True, check=True, timeout=60,
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError):
        return None
    found: dict[str, bytes] = {}
    answer = io.BytesIO(done.stdout)
    for name in wanted:
        told = answer.readline().split()
        if len(told) != 3 or told[1] != b"blob":
            return None
        found[name] = answer.read(int(told[2]))
        answer.read(1)
    return found


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
            ["git", "-C", str(root), *arguments], capture_output=True, text=True, errors="surrogateescape",
            check=False, timeout=30,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() if done.returncode == 0 else None
