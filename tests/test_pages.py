"""Golden pages of the small review: `pytest --renew` writes them anew; read the diff before you commit it."""

from __future__ import annotations

import posixpath
from pathlib import Path

import pytest
from conftest import ROOT, SMALL
from hypothesis import given
from hypothesis import strategies as st
from mkdocs.config import load_config

from build_scripts import pages, review
from build_scripts.links import Addresses
from build_scripts.words import inert, phases

GOLDEN = Path(__file__).parent / "golden"


def test_golden_pages(project: Path, request: pytest.FixtureRequest) -> None:
    rendered = pages.render(review.load(project))
    if request.config.getoption("--renew"):
        for old in GOLDEN.rglob("*.md"):
            old.unlink()
        for path, text in rendered.items():
            (GOLDEN / path).parent.mkdir(parents=True, exist_ok=True)
            (GOLDEN / path).write_text(text, encoding="utf-8")
    golden = {p.relative_to(GOLDEN).as_posix(): p.read_text(encoding="utf-8") for p in sorted(GOLDEN.rglob("*.md"))}
    assert len(golden) > 15
    assert sorted(rendered) == sorted(golden)
    for path, text in rendered.items():
        assert text == golden[path], f"{path} differs; if that is meant: pytest tests/test_pages.py --renew"


def test_paths_are_those_of_the_pages(project: Path) -> None:
    found = review.load(project)
    assert list(pages.paths(found)) == list(pages.render(found))


def test_edit_paths(project: Path) -> None:
    found = review.load(project)
    assert pages.edit_path(found, "agents/inventumab.md") == "agents/inventumab.yml"
    assert pages.edit_path(found, "index.md") == "index.md"
    assert pages.edit_path(found, "agents/index.md") is None


@pytest.mark.parametrize(
    ("page", "to", "anchor", "directories", "expected"),
    [
        ("agents/a.md", "trials/T.md", "", True, "../../trials/T/"),
        ("agents/a.md", "trials/T.md", "x", True, "../../trials/T/#x"),
        ("agents/a.md", "agents/a.md", "x", True, "#x"),
        ("agents/index.md", "agents/a.md", "", True, "a/"),
        ("index.md", "agents/index.md", "", True, "agents/"),
        ("agents/a.md", "index.md", "", True, "../../"),
        ("agents/a.md", "data/x.json", "", True, "../../data/x.json"),
        ("agents/a.md", "trials/T.md", "x", False, "../trials/T.html#x"),
        ("index.md", "agents/index.md", "", False, "agents/index.html"),
        ("agents/index.md", "index.md", "", False, "../index.html"),
    ],
)
def test_relative_addresses(page: str, to: str, anchor: str, directories: bool, expected: str) -> None:
    assert Addresses(directories).between(page, to, anchor) == expected


HOSTILE = "<script>alert(1)</script> [x](javascript:alert(1)) `a` | *b* _c_ {{ d }} {% e %} &lt;b&gt; ![i](j) \"q\" 'r'"


def test_hostile_text_comes_out_inert() -> None:
    import markdown

    html = markdown.markdown(
        f"# {inert(HOSTILE)}\n\nWords <span>{inert(HOSTILE)}</span>.", extensions=["attr_list", "tables", "md_in_html"]
    )
    for live in ("<script", "<a ", "<code", "<em", "<strong", "<img", "<b>"):
        assert live not in html


@pytest.mark.parametrize("file", ["agents/inventumab.yml", "trials/NCT00000001.yml", "corrections/poe-invent-1.yml"])
def test_markup_in_a_field_is_text_on_the_page(file: str, project: Path) -> None:
    path = project / "content" / file
    hostile = "A [x](javascript:alert(1)) `a` | *b* {{ d }} & more"
    lines = path.read_text().splitlines()
    index = next(i for i, line in enumerate(lines) if line.startswith(("summary:", "holds:")))
    lines[index] = f"{lines[index].split(':')[0]}: '{hostile}'"
    path.write_text("\n".join(lines) + "\n")
    page = pages.render(review.load(project))[file.replace(".yml", ".md")]
    assert "A [x](javascript:alert(1)) `a` | *b* {{ d }} &amp; more</p>" in page


def test_html_in_a_field_is_refused(project: Path) -> None:
    path = project / "content/agents/inventumab.yml"
    path.write_text(path.read_text().replace("name: Inventumab", "name: <script>x</script>"))
    assert [str(p) for p in review.load(project).reading] == [
        "content/agents/inventumab.yml:1: name: looks like HTML; write plain text",
    ]


def test_phases() -> None:
    assert phases(("PHASE1", "PHASE2")) == "phase 1/2"
    assert phases(("EARLY_PHASE1",)) == "early phase 1"
    assert phases(()) == "not given"


def test_the_small_project_is_invented() -> None:
    assert all("10.1" not in p.read_text() for p in SMALL.rglob("*.*"))


def test_only_the_hook_knows_mkdocs() -> None:
    import re

    from conftest import ROOT

    modules = sorted((ROOT / "build_scripts").glob("*.py"))
    assert len(modules) > 15
    known = [m.name for m in modules if re.search(r"^\s*(from|import) (mkdocs|material)", m.read_text(), re.MULTILINE)]
    assert known == ["hook.py"]


def test_every_page_says_how_its_facts_were_checked(project: Path) -> None:
    rendered = pages.render(review.load(project))
    assert len(rendered) > 20
    assert [path for path, text in rendered.items() if '<p class="checked"' not in text] == []


def test_coverage_names_what_is_missing(project: Path) -> None:
    from build_scripts import coverage

    found = {gap.title: gap for gap in coverage.gaps(review.load(project))}
    assert found["Trials without a read-out"].lacking == (("trial", "NCT00000002"),)
    assert found["Trials whose status was read in an undated copy"].lacking == (("trial", "NCT00000002"),)
    assert found["Approvals that name no trial"].lacking == (("approval", "inventumab:melanoma-later"),)
    assert found["Approvals with an action whose day is not known"].of == 3
    assert ("agent", "inventumab") in found["Records with a row that nobody could check"].lacking
    assert ("reference", "loe2021unseen") in found["Records with a row that nobody could check"].lacking
    assert found["Trials whose status was not seen"].lacking == ()


@given(st.tuples(*[st.lists(st.sampled_from("abc"), max_size=4)] * 2), st.booleans())
def test_a_link_leads_where_the_path_does(paths: tuple[list[str], list[str]], directories: bool) -> None:
    page, to = ("/".join([*path, "index.md"]) for path in paths)
    addresses = Addresses(directories)
    here, there = addresses.of(page), addresses.of(to)
    way = posixpath.relpath(there or ".", posixpath.dirname(here) or ".")
    assert addresses.between(page, to) == (f"{way}/" if directories else way)


def test_plain_pages_of_long_tables_need_no_place_in_the_navigation() -> None:
    config = load_config(str(ROOT / "mkdocs.yml"))
    assert config.not_in_nav is not None
    for page in ("negative.md", "trials/index.md", "cancers/melanoma.md"):
        plain = f"{page.removesuffix('.md')}-all-of-them.md"
        assert config.not_in_nav.match_file(plain), plain
