"""The built site: every link and anchor resolves, equal commits give equal bytes, and a failed build harms nothing."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from sites import commit_all, mkdocs, small_site

from build_scripts import pages, review


class Page(HTMLParser):
    """The links, anchors and visible oddities of one HTML page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.loaded: list[str] = []
        self.ids: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if given.get("id"):
            self.ids.add(given["id"] or "")
        if tag == "a" and given.get("href"):
            self.links.append(given["href"] or "")
        if tag in ("script", "img", "iframe") and given.get("src"):
            self.loaded.append(given["src"] or "")
        if tag == "link" and given.get("rel") in ("stylesheet", "icon", "preload", "preconnect"):
            self.loaded.append(given["href"] or "")


@pytest.fixture(scope="session")
def parsed(site: Path) -> dict[str, Page]:
    return {p.relative_to(site).as_posix(): Page(p.read_text(encoding="utf-8")) for p in sorted(site.rglob("*.html"))}


def test_every_page_is_there(parsed: dict[str, Page], real: review.Review) -> None:
    wanted = {
        re.sub(r"(^|/)index/index\.html$", r"\1index.html", f"{path.removesuffix('.md')}/index.html")
        for path in pages.paths(real)
    }
    assert wanted <= set(parsed)
    assert len(wanted) > 400


def test_every_link_and_anchor_resolves(site: Path, parsed: dict[str, Page]) -> None:
    dead = [f"{page}: {link}" for page, found in parsed.items() for link in _dead(site, parsed, page, found)]
    assert dead == []
    assert sum(len(found.links) for found in parsed.values()) > 10_000


def _dead(site: Path, parsed: dict[str, Page], page: str, found: Page) -> Iterator[str]:
    for link in {*found.links, *found.loaded}:
        parts = urlsplit(link)
        if parts.scheme in ("https", "http", "mailto", "data"):
            continue
        base = site if page == "404.html" and parts.path.startswith("/") else (site / page).parent
        target = (
            (base / unquote(parts.path).lstrip("/" if page == "404.html" else "")).resolve()
            if parts.path
            else site / page
        )
        if target.is_dir():
            target /= "index.html"
        if not target.is_file():
            yield link
        elif parts.fragment and target.suffix == ".html":
            name = target.relative_to(site.resolve()).as_posix()
            if unquote(parts.fragment) not in parsed[name].ids:
                yield link


def test_nothing_is_loaded_from_elsewhere(parsed: dict[str, Page]) -> None:
    foreign = {link for page in parsed.values() for link in page.loaded if urlsplit(link).netloc}
    assert foreign == set()


def test_every_page_carries_the_advice_line(site: Path, parsed: dict[str, Page]) -> None:
    bare = [
        p
        for p in parsed
        if p != "404.html" and "It is not medical advice" not in (site / p).read_text(encoding="utf-8")
    ]
    assert bare == []


def test_home_counts_are_those_of_the_data(site: Path) -> None:
    home = (site / "index.html").read_text(encoding="utf-8")
    shown = dict(re.findall(r"<dt><a [^>]*>([^<]+)</a></dt>\s*<dd>(\d+)</dd>", home))
    data = {
        name: json.loads((site / f"data/{name}.json").read_text())
        for name in ("agents", "approvals", "trials", "corrections", "references", "mechanisms", "strategies")
    }
    assert int(shown["Trials"]) == data["trials"]["total"]
    assert int(shown["Corrections"]) == data["corrections"]["total"]
    assert int(shown["References"]) == data["references"]["total"]
    assert int(shown["Mechanisms"]) == data["mechanisms"]["total"]
    assert int(shown["Strategies"]) == data["strategies"]["total"]
    approved = [row for row in data["agents"]["result"] if row["first_fda_approval"]]
    assert int(shown["Antibodies"]) == sum(row["form_of"] is None for row in approved)
    for status, title in (("in force", "Uses in force"), ("withdrawn", "Uses withdrawn")):
        assert int(shown[title]) == sum(row["status"] == status for row in data["approvals"]["result"])


def test_weight(site: Path) -> None:
    sizes = sorted(p.stat().st_size for p in (site / "trials").glob("NCT*/index.html"))
    assert len(sizes) > 100
    assert sizes[len(sizes) // 2] <= 25 * 1024
    assert sizes[-1] <= 60 * 1024


def test_equal_commits_give_equal_bytes(tmp_path: Path) -> None:
    trees = []
    for name, environment in (("a", {"TZ": "UTC"}), ("b", {"TZ": "Pacific/Auckland", "PYTHONHASHSEED": "7"})):
        project = small_site(tmp_path / name)
        # The hook's own place differs between no two clones; here it is outside, so the commits are equal.
        commit_all(project)
        done = mkdocs(project, "build", "--strict", SITE_URL="https://example.org/", **environment)
        assert done.returncode == 0, done.stderr
        trees.append(
            {
                p.relative_to(project / "site").as_posix(): p.read_bytes()
                for p in sorted((project / "site").rglob("*"))
                if p.is_file()
            }
        )
    assert len(trees[0]) > 60
    assert trees[0].keys() == trees[1].keys()
    assert [name for name in trees[0] if trees[0][name] != trees[1][name]] == []
    assert b"2026-01-20" in trees[0]["sitemap.xml"]


def test_a_mistake_leaves_the_last_good_site(tmp_path: Path) -> None:
    project = small_site(tmp_path / "p")
    assert mkdocs(project, "build", "--strict").returncode == 0
    before = (project / "site/index.html").read_bytes()
    trial = project / "content/trials/NCT00000001.yml"
    trial.write_text(trial.read_text().replace("status: COMPLETED", "status: FINISHED"))
    done = mkdocs(project, "build", "--strict")
    assert done.returncode == 1
    assert "content/trials/NCT00000001.yml:5: status: 'FINISHED' is not one of" in done.stderr
    assert "Traceback" not in done.stderr
    assert (project / "site/index.html").read_bytes() == before


def test_addresses_appear_only_when_set(tmp_path: Path) -> None:
    project = small_site(tmp_path / "p")
    assert mkdocs(project, "build", "--strict").returncode == 0
    page = (project / "site/agents/inventumab/index.html").read_text()
    assert "canonical" not in page and "md-source" not in page and "This fact is wrong" not in page
    shutil.rmtree(project / "site")
    done = mkdocs(
        project, "build", "--strict", SITE_URL="https://example.org/r/", REPO_URL="https://github.com/example/code"
    )
    assert done.returncode == 0, done.stderr
    page = (project / "site/agents/inventumab/index.html").read_text()
    assert '<link rel="canonical" href="https://example.org/r/agents/inventumab/">' in page
    assert 'href="https://github.com/example/code/edit/main/content/agents/inventumab.yml"' in page
    assert 'data-md-component="source"' not in page
    assert "https://github.com/example/code/issues/new?template=wrong-fact.yml&amp;record=agent:inventumab" in page


def test_an_archive_that_opens_from_disk(tmp_path: Path) -> None:
    project = small_site(tmp_path / "p")
    assert mkdocs(project, "build", "--strict", DIRECTORY_URLS="false").returncode == 0
    page = project / "site/agents/inventumab.html"
    assert "Content-Security-Policy" not in page.read_text(encoding="utf-8")
    found = Page(page.read_text(encoding="utf-8"))
    inside = [link for link in found.links if not urlsplit(link).scheme and urlsplit(link).path]
    assert len(inside) > 5
    for link in inside:
        assert (page.parent / urlsplit(link).path).resolve().is_file(), link
