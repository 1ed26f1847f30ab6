"""The search over the real content: real queries find their page, misspelt names too, and the index stays small."""

from __future__ import annotations

import json
import random
import re
import string
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from browsers import needs_browser, serving
from sites import mkdocs

from build_scripts import pages, review

QUERIES: dict[str, dict[str, str]] = yaml.safe_load((Path(__file__).parent / "search_queries.yml").read_text("utf-8"))


def test_there_are_enough_queries() -> None:
    assert len(QUERIES) == 11
    assert min(map(len, QUERIES.values())) >= 6


def test_the_index_is_a_fraction_of_the_themes_own(site: Path, real: review.Review, tmp_path: Path) -> None:
    for path, text in pages.render(real).items():
        (tmp_path / "docs" / path).parent.mkdir(parents=True, exist_ok=True)
        bare = re.sub(r"^search:\n  exclude: true\n", "", text.replace(" data-search-exclude", ""), flags=re.MULTILINE)
        (tmp_path / "docs" / path).write_text(bare, encoding="utf-8")
    # With every page in the navigation, the theme would spend minutes on sidebars that no index holds.
    config = "site_name: x\ntheme: {name: material, font: false}\nnav: [index.md]\ndocs_dir: docs\n"
    config += "markdown_extensions: [attr_list, tables]\nvalidation: {nav: {omitted_files: ignore}}\n"
    (tmp_path / "mkdocs.yml").write_text(config, encoding="utf-8")
    done = mkdocs(tmp_path, "build", "-q")
    assert done.returncode == 0, done.stderr
    default = (tmp_path / "site/search/search_index.json").stat().st_size
    ours = (site / "search/search_index.json").stat().st_size + (site / "search/names.js").stat().st_size
    print(f"search index: {ours} of {default} bytes")
    assert 100_000 < ours <= 0.4 * default, (ours, default)


@pytest.fixture(scope="module")
def searching(site: Path, browser: Any) -> Iterator[Any]:
    """A page of the real site with its search ready."""
    with serving(site) as address:
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        page.set_default_timeout(10_000)
        page.goto(address + "about/")
        page.locator(".md-search__input").focus()
        page.wait_for_function("typeof __names === 'object'")
        yield page
        page.close()


def found(page: Any, query: str) -> tuple[list[str], list[str]]:
    """The first three pages for a query, and those that are suggested."""
    field = page.locator(".md-search__input")
    # The count names the query that the results belong to only by changing: an empty one comes between.
    for typed in ("", query):
        page.evaluate("document.querySelector('.md-search-result__list').replaceChildren()")
        field.fill(typed)
        field.dispatch_event("keyup")
        page.wait_for_function(
            "typed => document.querySelector('.md-search-result__meta').textContent.startsWith('Type') === !typed",
            arg=typed,
        )
    page.wait_for_timeout(40)
    hrefs = "links => links.map(link => new URL(link.href).pathname.slice(1) || 'index')"
    results = page.locator(".md-search-result__item > a:first-child").evaluate_all(hrefs)
    return results[:3], page.locator(".search-hint a").evaluate_all(hrefs)


@needs_browser
@pytest.mark.parametrize("kind", QUERIES)
def test_a_real_query_finds_its_page(kind: str, searching: Any) -> None:
    missed = {
        query: got for query, page in QUERIES[kind].items() if page not in (got := found(searching, str(query))[0])
    }
    assert missed == {}


def misspelt(name: str) -> str:
    """The name with one letter lost, doubled, changed or swapped, the same in every run."""
    chance = random.Random(name)
    at = chance.randrange(1, len(name) - 1)
    letter = chance.choice(string.ascii_lowercase.replace(name[at].lower(), ""))
    return chance.choice(
        [
            name[:at] + name[at + 1 :],
            name[:at] + name[at] + name[at:],
            name[:at] + letter + name[at + 1 :],
            name[:at] + name[at + 1] + name[at] + name[at + 2 :],
        ]
    )


@needs_browser
def test_misspelt_names_are_found(searching: Any, real: review.Review) -> None:
    names = {name: id for id, agent in real.agents.items() for name in (agent.inn, *agent.brands)}
    # Of a name of several words the others are spelt well, and find it without our help.
    wrong = {misspelt(name): id for name, id in names.items() if " " not in name}
    assert len(wrong) > 25
    hits = [word for word, id in wrong.items() if any(f"agents/{id}/" in pages for pages in found(searching, word))]
    print(f"misspelt: {len(hits)} of {len(wrong)}")
    assert len(hits) >= 0.8 * len(wrong), sorted(set(wrong) - set(hits))
    assert found(searching, "opdivo")[1] == []


@needs_browser
def test_a_suggestion_leads_to_the_page(searching: Any) -> None:
    assert found(searching, "pembrolizumba")[1][0] == "agents/pembrolizumab/"
    assert searching.locator(".search-hint").inner_text().startswith("Did you mean Pembrolizumab")


def test_other_names_are_in_the_index(site: Path) -> None:
    docs = json.loads((site / "search/search_index.json").read_text("utf-8"))["docs"]
    assert len(docs) > 300
    nivolumab = next(doc for doc in docs if doc["location"] == "agents/nivolumab/")
    assert {"Opdivo", "BMS-936558", "BMS936558"} <= set(nivolumab["tags"])
    assert not any("Approved uses that rest on" in doc["text"] for doc in docs)
