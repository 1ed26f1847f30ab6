"""What a preview does not do again: after any edits its pages and downloads are those of a review read from nothing."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import pytest
from conftest import ROOT

from build_scripts import checks, downloads, pages, review, watched

STEPS = int(os.environ.get("WATCHED_STEPS", "16"))
REAL_STEPS = int(os.environ.get("WATCHED_REAL_STEPS", "2"))
"""How many edits the two long tests try; an environment variable asks for more."""


class Preview:
    """A project that is rendered again and again, each time once with its memory and once without."""

    def __init__(self, project: Path) -> None:
        self.project, self.memory = project, watched.Memory()

    def made(self, memory: watched.Memory | None) -> tuple[Any, ...]:
        found = review.load(self.project, memory)
        problems = checks.problems(found)
        try:
            return problems, pages.render(found), dict(downloads.files(found))
        except Exception as error:  # a template or a half-read review may fail, but then with and without the memory
            return problems, {}, {"it failed": repr(error)}

    def compare(self, said: object) -> bool:
        """Whether there are pages; they are the same with and without the memory."""
        again, clean = self.made(self.memory), self.made(None)
        assert again[0] == clean[0], (said, "problems")
        for name, ours, theirs in zip(("pages", "downloads"), again[1:], clean[1:], strict=True):
            wrong = [path for path in sorted(ours | theirs) if ours.get(path) != theirs.get(path)]
            assert not wrong, (said, name, wrong)
            assert list(ours) == list(theirs), (said, name, "order")
        self.memory.tidy()
        return bool(again[1])


# Edits


def _change(path: Path, random: Random) -> str:
    """One field of one record, one word of a text or of a template."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".yml":
        values = list(re.finditer(r"(?<=: )(\S[^\n\[{]*)$", text, re.MULTILINE))
        if values:
            value = random.choice(values)
            other = random.choice(values)[0]
            new = random.choice((f"{value[0]}x", f"Edited {random.randrange(99)}", other, value[0][:-1] or "x"))
            path.write_text(text[: value.start()] + new + text[value.end() :], encoding="utf-8")
            return f"{path.name}: {value[0]!r} -> {new!r}"
    place = random.choice([m.end() for m in re.finditer(r"[a-z](?= [a-z])", text)] or [len(text)])
    path.write_text(f"{text[:place]} edited{text[place:]}", encoding="utf-8")
    return f"{path.name}: a word at {place}"


def _records(project: Path) -> list[Path]:
    return sorted(p for p in (project / "content").rglob("*.yml") if p.parent.name != "vocabularies")


def _any(project: Path, random: Random) -> str:
    return _change(random.choice(_records(project)), random)


def _word(project: Path, random: Random) -> str:
    return _change(random.choice(sorted((project / "content" / "vocabularies").glob("*.yml"))), random)


def _prose(project: Path, random: Random) -> str:
    return _change(random.choice(sorted((project / "content").rglob("*.md"))), random)


def _template(project: Path, random: Random) -> str:
    path = random.choice(sorted((project / "templates").glob("*.j2")))
    path.write_text(path.read_text() + f"\n<!-- {random.randrange(99)} -->\n", encoding="utf-8")
    return f"{path.name} grew"


def _bibliography(project: Path, random: Random) -> str:
    path = project / "references.bib"
    text = path.read_text(encoding="utf-8")
    title = random.choice(list(re.finditer(r"^  (title|author|year) = \{", text, re.MULTILINE)))
    new = {"title": "Edited ", "author": "Edit, E. and ", "year": ""}[title[1]]
    path.write_text(text[: title.end()] + new + text[title.end() :], encoding="utf-8")
    return f"references.bib: {title[0]}"


def _delete(project: Path, random: Random) -> str:
    path = random.choice([*_records(project), *sorted((project / "content").rglob("*.md"))])
    path.unlink()
    return f"{path.name} deleted"


def _rename(project: Path, random: Random) -> str:
    path = random.choice(_records(project))
    stem = f"NCT{random.randrange(10**8):08}" if path.parent.name == "trials" else f"{path.stem}-{random.randrange(9)}"
    path.rename(path.with_stem(stem))
    return f"{path.name} renamed to {stem}"


def _add(project: Path, random: Random) -> str:
    path = random.choice(_records(project))
    stem = f"NCT{random.randrange(10**8):08}" if path.parent.name == "trials" else f"added-{random.randrange(99)}"
    shutil.copy(path, path.with_stem(stem))
    return f"{path.name} copied to {stem}"


def _commit(project: Path, random: Random) -> str:
    day = 1_700_000_000 + 86_400 * random.randrange(900)
    os.environ["SOURCE_DATE_EPOCH"] = str(day)
    return f"another day, {day}"


EDITS: tuple[Callable[[Path, Random], str], ...] = (
    _any, _any, _any, _any, _any, _word, _prose, _prose, _template, _bibliography, _bibliography, _delete, _rename, _add, _commit,
)  # fmt: skip


@pytest.mark.parametrize("seed", [1, 2])
def test_any_edits_give_the_pages_of_a_clean_render(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1768900000")
    whole = tmp_path / "whole"
    shutil.copytree(project, whole)
    preview, random = Preview(project), Random(seed)
    preview.compare("nothing")
    rendered = 0
    for step in range(STEPS):
        if random.random() < 0.2:
            # Edits that break much would leave less and less to compare.
            shutil.rmtree(project)
            shutil.copytree(whole, project)
        said = [random.choice(EDITS)(project, random) for _ in range(random.choice((1, 1, 1, 2, 3)))]
        rendered += preview.compare((seed, step, said))
    assert rendered > STEPS / 3, "most of the edits left nothing to render"


def test_real_pages_after_edits(tmp_path: Path) -> None:
    project, random = tmp_path / "real", Random(7)
    project.mkdir()
    for name in ("content", "templates"):
        shutil.copytree(ROOT / name, project / name)
    shutil.copy(ROOT / "references.bib", project)
    preview = Preview(project)
    preview.compare("nothing")
    rendered = 0
    for step in range(REAL_STEPS):
        path = random.choice(_records(project))
        text = path.read_text(encoding="utf-8")
        said = _change(path, random)
        rendered += preview.compare((step, said))
        if random.random() < 0.7:
            path.write_text(text, encoding="utf-8")
    print(f"{REAL_STEPS} edits, {rendered} of them rendered")
    assert rendered


def test_an_edit_makes_few_pages_anew(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    preview = Preview(project)
    preview.compare("nothing")
    made: list[str] = []
    write = pages._write

    def noted(found: dict[str, str], page: pages.Page, *rest: object) -> None:
        made.append(page.path)
        write(found, page, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(pages, "_write", noted)
    pages.render(review.load(project, preview.memory))
    assert made == []
    file = project / "content/agents/inventumab.yml"
    file.write_text(file.read_text().replace("summary: An invented", "summary: A new"), encoding="utf-8")
    pages.render(review.load(project, preview.memory))
    assert "agents/inventumab.md" in made
    assert "trials/NCT00000001.md" not in made, "it only links to the agent"
    made.clear()
    file.write_text(file.read_text().replace("name: Inventumab", "name: Other", 1), encoding="utf-8")
    pages.render(review.load(project, preview.memory))
    assert "trials/NCT00000001.md" in made, "it shows the name"


def test_a_text_is_read_once(project: Path) -> None:
    memory = watched.Memory()
    first, second = review.load(project, memory), review.load(project, memory)
    assert first.records["agent"]["inventumab"] is second.records["agent"]["inventumab"]
    assert first.references["doe2020first"] is second.references["doe2020first"]
    assert review.load(project).records["agent"]["inventumab"] is not second.records["agent"]["inventumab"]


def test_what_is_read_is_noted() -> None:
    notes = watched.Notes()
    seen = notes.seen(("records",), {"agent": {"a": 1, "b": 2}})
    assert (seen["agent"]["a"], "c" in seen["agent"], seen["agent"].get("d", 9)) == (1, False, 9)
    assert notes.keys[("records", "agent")].keys() == {"a", "c", "d"}
    assert not notes.whole
    assert list(seen["agent"].values()) == [1, 2]
    assert notes.whole == {("records", "agent"): {"a": 1, "b": 2}}
