"""Hostile text in every field of every kind, in prose and in the bibliography: refused in one clear line, or inert on the page."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from browsers import needs_browser, serving
from conftest import copy_of_small
from sites import mkdocs, small_site

from build_scripts import checks, review
from build_scripts.model import KINDS, parse
from build_scripts.record import Record
from build_scripts.scalars import Ref, Term
from build_scripts.source import Source

MARKS = (
    "<script>window.hostile=1</script>",
    '"><img src=x onerror=window.hostile=1>',
    "<!-- comment",
    "</title><svg onload=window.hostile=1>",
    "a\u202eb",
    "zero\u200bwidth",
)
"""What a field refuses: tags, and characters that nobody sees."""

QUIET = (
    "[x](javascript:window.hostile=1)",
    "![x](javascript:window.hostile=1)",
    "&lt;script&gt;window.hostile=1&lt;/script&gt;",
    "{{ 7 * 7 }} {% raw %} {# no #} ${7*7}",
    "a | b | c `code` **bold** _em_ ~~del~~ ==mark==",
    "# heading\n\n- item\n\n| a | b |\n| - | - |",
    "' onmouseover='window.hostile=1' \" onfocus=\"window.hostile=1",
    "{: onclick=window.hostile=1 } {.class #id}",
    "[[agent:inventumab]] [@doe2020first] [^1]",
    "=cmd|'/c calc'!A1 \\u003cscript\\u003e]]>",
)
"""What a field may hold, and what must come out as the words that they are."""

Path_ = tuple[str | int, ...]


def texts(record: Record, value: Any) -> Iterator[Path_]:
    """The paths of the free texts of a record: leaves that point nowhere and belong to no vocabulary."""
    for path, leaf in record.leaves:
        if isinstance(leaf, str) and not isinstance(leaf, Ref | Term) and isinstance(_at(value, path), str):
            yield path


def _at(value: Any, path: Path_) -> Any:
    for step in path:
        value = value[step] if not isinstance(value, dict) or step in value else None
        if value is None:
            return None
    return value


def _with(value: Any, path: Path_, text: str) -> Any:
    changed = copy.deepcopy(value)
    inner = changed
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = text
    return changed


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> review.Review:
    return review.load(copy_of_small(tmp_path_factory.mktemp("small") / "project"))


def test_a_field_refuses_tags_and_hidden_characters(small: review.Review) -> None:
    tried = 0
    for (kind, id), record in small.owners():
        if kind == "reference":
            continue
        source = small.sources[kind, id]
        for path in texts(record, source.value):
            for mark in MARKS:
                changed = Source(source.file, _with(source.value, path, f"words {mark}"), source.lines)
                found = parse(changed, KINDS[kind][1])
                assert not isinstance(found, Record), (kind, id, path, mark)
                assert all("\n" not in str(problem) for problem in found)
                tried += 1
    assert tried > 1000


@pytest.mark.parametrize("mark", MARKS)
@pytest.mark.parametrize("field", ["title", "author", "journal", "publisher"])
def test_the_bibliography_refuses_them(mark: str, field: str, project: Path) -> None:
    file = project / "references.bib"
    text = file.read_text()
    if f"  {field} = {{" in text:
        head, _, rest = text.partition(f"  {field} = {{")
        text = f"{head}  {field} = {{words {mark} {rest}"
    else:
        text = text.replace("  year = {2020},", f"  year = {{2020}},\n  {field} = {{words {mark}}},", 1)
    file.write_text(text)
    assert any(p.file == "references.bib" for p in checks.problems(review.load(project)))


@pytest.mark.parametrize("mark", MARKS)
def test_prose_refuses_them(mark: str, project: Path) -> None:
    for file in ("content/index.md", "content/families/invented-silence.md", "content/agents/inventumab.md"):
        path = project / file
        text = path.read_text()
        path.write_text(f"{text}\nWords {mark} [@doe2020first].\n")
        assert any(p.file == file for p in review.load(project).reading), (file, mark)
        path.write_text(text)


def hostile_project(to: Path) -> int:
    """The small project with a quiet hostile text in each field that takes one; how many fields that are."""
    project = small_site(to)
    loaded = review.load(project)
    taken = 0
    for (kind, id), record in loaded.owners():
        if kind == "reference":
            continue
        source = loaded.sources[kind, id]
        value = source.value
        for path in texts(record, value):
            mark = QUIET[taken % len(QUIET)]
            changed = _with(value, path, f"Words {mark} end.")
            if isinstance(parse(Source(source.file, changed, source.lines), KINDS[kind][1]), Record):
                value, taken = changed, taken + 1
        (project / source.file).write_text(yaml.safe_dump(value, allow_unicode=True, sort_keys=False))
    bib = (project / "references.bib").read_text()
    for field, mark in (("title", QUIET[0]), ("journal", QUIET[4]), ("publisher", QUIET[6]), ("author", "A | B")):
        bib = bib.replace(f"  {field} = {{", f"  {field} = {{{mark.replace('{', '(').replace('}', ')')} ", 1)
        taken += 1
    (project / "references.bib").write_text(bib)
    return taken


@needs_browser
def test_what_a_field_takes_is_inert_in_a_browser(tmp_path: Path, browser: Any) -> None:
    taken = hostile_project(tmp_path / "project")
    assert taken > 100
    done = mkdocs(tmp_path / "project", "build")
    assert done.returncode == 0, done.stderr[-3000:]
    pages = sorted((tmp_path / "project/site").rglob("index.html"))
    assert len(pages) > 40
    with serving(tmp_path / "project/site") as address:
        page = browser.new_page()
        said: list[str] = []
        page.on("dialog", lambda dialog: said.append(dialog.message))
        for file in pages:
            page.goto(address + file.parent.relative_to(tmp_path / "project/site").as_posix() + "/")
            assert page.evaluate("window.hostile") is None, file
            live = page.evaluate(
                "[...document.querySelectorAll('a[href^=\"javascript\" i], [onclick], [onmouseover], [onfocus], [onerror]')].length"
            )
            assert live == 0, file
            assert "49 " not in page.inner_text("h1")
        assert said == []
        page.close()
