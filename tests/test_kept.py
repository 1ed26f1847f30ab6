"""Pages that a build leaves for the next: after any edits the site has the bytes of a clean build, and what is broken is not trusted."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest
from sites import commit_all, mkdocs, small_site

from build_scripts import kept

STEPS = int(os.environ.get("KEPT_STEPS", "3"))
"""How many times the random edits are built; an environment variable asks for more."""

CACHE = ".cache/pages"


def ready(to: Path) -> Path:
    """The small site, as a repository that leaves out what builds leave."""
    small_site(to)
    (to / ".gitignore").write_text(".cache/\n")
    return to


def built(project: Path, **environment: str) -> dict[str, bytes]:
    """Every file of the site."""
    out = project.parent / "site"
    done = mkdocs(project, "build", "--strict", "--site-dir", str(out), **environment)
    assert done.returncode == 0, done.stderr
    return {p.relative_to(out).as_posix(): p.read_bytes() for p in out.rglob("*") if p.is_file()}


def clean(project: Path, **environment: str) -> dict[str, bytes]:
    """The same without anything from an earlier build."""
    aside = project.parent / "aside"
    (project / ".cache").rename(aside)
    try:
        return built(project, **environment)
    finally:
        shutil.rmtree(project / ".cache")
        aside.rename(project / ".cache")


def replace(project: Path, file: str, old: str, new: str) -> None:
    path = project / file
    text = path.read_text(encoding="utf-8")
    assert old in text, (file, old)
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


TERM = """\
name: {name}
group: molecule
definition: An invented protein, number {name}.
source: {{page: https://example.org/ear}}
checked: {{unverified: invented}}
"""


def _terms(project: Path) -> list[Path]:
    return sorted((project / "content/glossary").glob("added-*.yml"))


def _add(project: Path, random: Random) -> None:
    name = f"ADDED{random.randrange(100)}"
    path = project / f"content/glossary/{name.lower().replace('added', 'added-')}.yml"
    path.write_text(TERM.format(name=name))


def _delete(project: Path, random: Random) -> None:
    for path in _terms(project)[:1]:
        path.unlink()


def _rename(project: Path, random: Random) -> None:
    # The combination has a page of its own, and nothing points to it by name.
    path = next((project / "content/combinations").glob("*.yml"))
    path.rename(path.with_name(f"inventumab-renamed-{random.randrange(100)}.yml"))


def _prose_goes(project: Path, random: Random) -> None:
    (project / "content/agents/inventumab.md").unlink(missing_ok=True)


def _commit(project: Path, random: Random) -> None:
    commit_all(project, f"2026-01-{random.randrange(10, 28)}T12:00:00+00:00")


def _break(project: Path, random: Random) -> None:
    for path in sorted((project / CACHE).rglob("*")):
        if path.is_file() and path.stat().st_size and random.random() < 0.5:
            raw = bytearray(path.read_bytes())
            place = random.randrange(len(raw))
            raw[place] ^= 1 + random.randrange(255)
            path.write_bytes(bytes(raw[: random.choice((0, place, len(raw)))]))


def _words(file: str, marker: str) -> Callable[[Path, Random], None]:
    def edit(project: Path, random: Random) -> None:
        replace(project, file, marker, f"{marker} No. {random.randrange(10**6)}.")

    return edit


EDITS = (
    _words("content/agents/inventumab.yml", "summary: An invented antibody against PD-1."),
    _words("content/glossary/ear-1.yml", "definition: An invented protein with which tumours hear."),
    _words("content/concepts/hearing.md", "T cells speak and tumours hear,"),
    _words("references.bib", "Inventumab in imaginary melanoma"),
    _words("templates/agent.md.j2", "## Names"),
    _words("templates/foot.md.j2", "## References"),
    _words("templates/theme/main.html", 'content="summary'),
    _words("mkdocs.yml", "Not medical advice."),
    _add, _add, _delete, _rename, _prose_goes, _commit,
)  # fmt: skip
ENVIRONMENTS = (
    {}, {}, {"REPO_URL": "https://example.org/repository"}, {"SITE_URL": "https://example.org/"},
    {"DIRECTORY_URLS": "false"},
)  # fmt: skip


@pytest.mark.parametrize("seed", [1, 2])
def test_any_edits_give_the_bytes_of_a_clean_build(tmp_path: Path, seed: int) -> None:
    project, random = ready(tmp_path / "project"), Random(seed)
    built(project)
    for step in range(STEPS):
        edits = random.sample(EDITS, random.randrange(4))
        for edit in edits:
            edit(project, random)
        environment = random.choice(ENVIRONMENTS)
        first = built(project, **environment)
        if random.random() < 0.3:
            _break(project, random)
        second, expected = built(project, **environment), clean(project, **environment)
        for found in (first, second):
            wrong = [path for path in sorted(found | expected) if found.get(path) != expected.get(path)]
            assert not wrong, (seed, step, edits, environment, wrong)


def test_a_second_build_takes_what_the_first_left(tmp_path: Path) -> None:
    project = ready(tmp_path / "project")
    first = built(project)
    left = {path: path.stat().st_mtime_ns for path in (project / CACHE).rglob("*") if path.is_file()}
    assert len(left) > 8
    replace(project, "content/mechanisms/deaf-tumour.yml", "\n", "\n# only a comment, that its page does not show\n")
    assert built(project).keys() == first.keys()
    again = {path: path.stat().st_mtime_ns for path in (project / CACHE).rglob("*") if path.is_file()}
    assert again == left


def test_pages_of_one_commit_serve_the_next(tmp_path: Path) -> None:
    project = ready(tmp_path / "project")
    commit_all(project)
    built(project)
    left = sorted(path.name for path in (project / CACHE).rglob("*") if path.is_file())
    replace(project, "references.bib", "An invented bibliography", "A bibliography")
    site = built(project)
    assert b"-changed" in site["agents/inventumab/index.html"]
    assert sorted(path.name for path in (project / CACHE).rglob("*") if path.is_file()) == left


def test_a_page_that_is_not_whole_is_none() -> None:
    page = kept.Finished("<p>1.0-x</p>", [{"location": "a/", "text": "é"}], ["a"], None)
    raw = kept.packed(page, "1.0")
    assert kept.unpacked(raw, "1.0") == page
    assert kept.unpacked(raw, "2.0") == kept.Finished("<p>2.0-x</p>", page.docs, ["a"], None)
    assert kept.unpacked(kept.packed(page, None), None) == page
    for broken in (b"", raw[:-1], raw[1:], raw.replace(b"<p>", b"<b>"), b"\n", raw.partition(b"\n")[2]):
        assert kept.unpacked(broken, "1.0") is None


def test_a_key_tells_parts_apart() -> None:
    assert kept.key("ab", "c") != kept.key("a", "bc")
    one = kept.page_key("all", "a.md", None, "Version 0123456789ab.", "0123456789ab")
    assert one == kept.page_key("all", "a.md", None, "Version ba9876543210-changed.", "ba9876543210-changed")
    assert one != kept.page_key("other", "a.md", None, "Version 0123456789ab.", "0123456789ab")


def test_an_unwritable_place_costs_only_time(tmp_path: Path) -> None:
    project = ready(tmp_path / "project")
    (project / ".cache").write_text("a file stands where the folder should be")
    assert built(project)
