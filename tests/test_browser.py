"""The site in a real browser: no sideways scroll, no error in the console, nothing asked of another host."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browsers import needs_browser, serving
from sites import commit_all, mkdocs, small_site

PAGES = (
    "", "agents/", "agents/inventumab/", "approvals/", "approvals/by-cancer/", "approvals/by-year/", "approvals/withdrawn/",
    "cancers/melanoma/", "combinations/", "combinations/inventumab-chemotherapy/", "corrections/poe-invent-1/", "data/",
    "biomarkers/", "biomarkers/ear-loss/", "changes/", "concepts/", "concepts/hearing/", "coverage/", "disagreements/",
    "disagreements/how-many-ears/", "families/", "families/invented-silence/", "glossary/", "interventions/",
    "interventions/chemotherapy/", "mechanisms/", "mechanisms/deaf-tumour/", "negative/", "searches/", "searches/first-search/",
    "strategies/", "strategies/shouting/",
    "references/", "references/doe2020first/", "reviews/poe-2022/", "targets/pd-1/", "trials/", "trials/NCT00000001/", "trials/hazard-ratios/",
)  # fmt: skip

pytestmark = needs_browser


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The small site behind a local server."""
    project = small_site(tmp_path_factory.mktemp("browser") / "project")
    commit_all(project, "2020-01-15T12:00:00+00:00")  # on that day nothing is overdue
    done = mkdocs(project, "build", "--strict")
    assert done.returncode == 0, done.stderr

    with serving(project / "site") as address:
        yield address


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages(width: int, scheme: str, served: str, browser: Any) -> None:
    context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
    page = context.new_page()
    wrong: list[str] = []
    page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on(
        "request",
        lambda request: wrong.append(request.url) if not request.url.startswith((served, "data:", "blob:")) else None,
    )
    for path in PAGES:
        answer = page.goto(served + path)
        assert answer.status == 200, path
        page.wait_for_timeout(150)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{path} scrolls sideways"
    context.close()
    assert wrong == []


def test_a_citation_shows_its_reference_on_focus(served: str, browser: Any) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.goto(served + "trials/NCT00000001/")
    card = page.locator(".cite-card").first
    assert not card.is_visible()
    page.locator(".cite a").first.focus()
    assert card.is_visible()
    assert "Inventumab in imaginary melanoma" in card.inner_text()
    page.close()


def test_the_readers_clock_says_what_is_overdue(served: str, browser: Any) -> None:
    page = browser.new_page()
    page.clock.install(time="2024-01-01T12:00:00")
    page.goto(served + "trials/NCT00000002/")
    page.goto(served + "cancers/melanoma/")
    assert "a new look is overdue since" in page.locator(".due").first.inner_text()
    page.close()


def test_without_a_script_everything_is_there(served: str, browser: Any) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(served + "agents/inventumab/")
    assert page.locator("tbody tr").count() >= 3
    assert "next look due by" in page.locator(".due").first.inner_text()
    context.close()


def test_tables_keep_their_headers_on_a_phone(served: str, browser: Any) -> None:
    page = browser.new_page(viewport={"width": 360, "height": 800})
    page.goto(served + "agents/inventumab/")
    cell = page.locator('td[data-label="For whom"]').first
    label = page.evaluate("e => getComputedStyle(e, '::before').content", cell.element_handle())
    assert label == '"For whom"'
    page.close()


def test_the_small_site_has_every_kind_of_page() -> None:
    from build_scripts.model import KINDS

    assert {plural for kind, (plural, _) in KINDS.items() if kind != "paper"} <= {Path(p).parts[0] for p in PAGES if p}


def test_on_paper_links_show_their_addresses_and_the_page_its_version(served: str, browser: Any) -> None:
    page = browser.new_page()
    after = "selector => getComputedStyle(document.querySelector(selector), '::after').content"
    outward = 'a[href="https://clinicaltrials.gov/study/NCT00000001"]'
    page.goto(served + "trials/NCT00000001/")
    assert page.evaluate(after, outward) == "none"
    page.emulate_media(media="print")
    assert "https://clinicaltrials.gov/study/NCT00000001" in page.evaluate(after, outward)
    assert page.evaluate(after, ".references a[href^=http]") == "none"
    assert page.get_by_text("INVENT-1. Version ").is_visible()
    assert not page.locator(".md-header").is_visible() and not page.locator("details.citing").is_visible()
    page.close()
