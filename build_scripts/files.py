"""The text files of a project as they lie on the disk: read within bounds, or said why not."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path

from build_scripts.source import Problem, decode, sized

CONTENT, TEMPLATES, BIBLIOGRAPHY = "content", "templates", "references.bib"
ASSETS = ("assets",)

# What every disk, every address and every terminal can hold.
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


def texts(root: Path) -> tuple[dict[str, str], list[Problem]]:
    """Every text file of content, templates and bibliography by its path, sorted, and what cannot be read."""
    found: dict[str, str] = {}
    problems: list[Problem] = []
    first: dict[str, str] = {}
    for file in sorted(_files(root, problems)):
        if (twin := first.setdefault(file.casefold(), file)) != file:
            problems.append(
                Problem(file, 1, "", f"differs from {twin} in case only; some disks cannot tell them apart")
            )
        text = _text(root, file, problems)
        if text is not None:
            found[file] = text
    return found, problems


def _files(root: Path, problems: list[Problem]) -> Iterator[str]:
    """The path of every entry that may be a text, links not followed; adds what is wrong with folders."""

    def unreadable(error: OSError) -> None:
        folder = Path(error.filename or root)
        if folder.exists():
            problems.append(Problem(folder.relative_to(root).as_posix(), 1, "", f"cannot be read: {error.strerror}"))

    if os.path.lexists(root / BIBLIOGRAPHY):
        yield BIBLIOGRAPHY
    for top in (CONTENT, TEMPLATES):
        if os.path.islink(root / top):
            problems.append(Problem(top, 1, "", "a link to a folder; put the folder itself here"))
            continue
        for folder, inside, names in os.walk(root / top, onerror=unreadable):
            here = Path(folder).relative_to(root).as_posix()
            for name in inside:
                file = f"{here}/{name}"
                if os.path.islink(root / file):
                    problems.append(Problem(file, 1, "", "a link to a folder; put the folder itself here"))
                elif name.endswith((".yml", ".md")):
                    problems.append(Problem(file, 1, "", "a folder with the name of a file; a record is one file"))
            inside[:] = [name for name in inside if not name.startswith(".")]
            yield from (f"{here}/{name}" for name in names)


def _text(root: Path, file: str, problems: list[Problem]) -> str | None:
    """The text of one file; None, and mostly a problem, if there is none to be had."""
    path, parts = root / file, Path(file).parts

    def problem(message: str) -> None:
        problems.append(Problem(file, 1, "", message))

    if path.is_symlink() and not Path(os.path.realpath(path)).is_relative_to(os.path.realpath(root)):
        return problem("a link out of the project; put the file itself here")
    if path.name.startswith(".") or path.name.endswith("~"):
        return None
    if len(parts) > 2 and parts[0] == CONTENT and parts[1] in ASSETS:
        return None
    if parts[0] == CONTENT and path.suffix not in (".yml", ".md"):
        advice = "rename it to .yml" if path.suffix == ".yaml" else "content holds .yml and .md files, and assets/"
        return problem(f"'{path.suffix or path.name}' files do not belong here; {advice}")
    if not _NAME.fullmatch(path.name):
        return problem("the name holds a character that addresses cannot; use letters, digits and hyphens")
    try:
        about = path.stat()
        if not stat.S_ISREG(about.st_mode):
            return problem("this is no ordinary file")
        # Looked at before it is read: a file of any size must not fill the memory.
        if too_large := sized(about.st_size, file):
            problems.append(too_large)
            return None
        raw = path.read_bytes()
    except FileNotFoundError:
        return problem("a link that leads nowhere" if path.is_symlink() else "cannot be read: it has just gone")
    except OSError as error:
        return problem(f"cannot be read: {error.strerror}")
    text, found = decode(raw, file)
    problems += found
    return None if found else text
