"""axe-core over one page of each kind, light and dark, on a phone and at a desk: nothing serious or critical."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browsers import needs_browser, serving
from sites import commit_all, mkdocs, small_site
from test_browser import PAGES

pytestmark = needs_browser

REAL = ("", "approvals/?uses-in-force.in.cancer=Melanoma", "agents/nivolumab/", "cancers/melanoma/", "trials/NCT01844505/", "coverage/", "about/")  # fmt: skip


def findings(page: Any) -> list[str]:
    """The serious and critical findings on the open page: rule, place, what is wrong."""
    from axe_playwright_python.sync_playwright import Axe

    answer = Axe().run(page, options={"resultTypes": ["violations"]}).response
    assert answer["passes"], "axe looked at nothing"
    return [
        f"{page.url} {found['id']} {node['target']}: {node['failureSummary']}"
        for found in answer["violations"]
        if found["impact"] in ("serious", "critical")
        for node in found["nodes"]
    ]


@pytest.fixture(scope="module")
def small_served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    project = small_site(tmp_path_factory.mktemp("access") / "project")
    commit_all(project)
    assert mkdocs(project, "build", "--strict").returncode == 0
    with serving(project / "site") as address:
        yield address


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_kind_of_page(width: int, scheme: str, small_served: str, site: Path, browser: Any) -> None:
    context = browser.new_context(
        viewport={"width": width, "height": 800}, color_scheme=scheme, reduced_motion="reduce"
    )
    page = context.new_page()
    found: list[str] = []
    # Every kind of page in all four; the large pages of the real site, on which axe takes seconds, each in one.
    large = REAL[("light", "dark").index(scheme) + (2 if width == 360 else 0) :: 4]
    with serving(site) as real:
        for address in [small_served + path for path in PAGES] + [real + path for path in large]:
            page.goto(address)
            page.wait_for_function("document.documentElement.dataset.tables === 'ready'")
            if "?" in address:
                page.get_by_role("button", name="Filters").click()
                page.get_by_role("button", name="Columns").click()
            found += findings(page)
    context.close()
    assert found == []
