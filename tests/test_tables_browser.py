"""The tools of a table in a real browser, on invented rows and on the page of approved uses."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from browsers import needs_browser, serving
from conftest import ROOT, SMALL
from markupsafe import Markup

from build_scripts import review
from build_scripts.links import SERVED, Addresses
from build_scripts.long_tables import FIRST, LONG, text
from build_scripts.pages import Page
from build_scripts.tables import Column

pytestmark = needs_browser


@dataclass(frozen=True)
class Invented:
    """A row that no review has."""

    id: str
    number: int


KINDS = ("apple", "pear", "Ärzte plum")
COLUMNS: list[Any] = [
    Column("Name", lambda page, row: Markup('<a href="#x">Row {}</a>').format(row.number)),
    Column("Kind", lambda page, row: f"{KINDS[row.number % 3]} x {row.number}", lambda page, row: [KINDS[row.number % 3]]),
    Column("Value", lambda page, row: f"{row.number / 7:.2f}" if row.number != 4 else "–"),
    Column("Size", lambda page, row: f"{row.number} KiB", sort=lambda row: str(1000 - row.number)),
    Column("Note", lambda page, row: '=1+1, "so"' if row.number == 3 else Markup("a &amp; b<br>") + page.cite("doe2020first")),
]  # fmt: skip
SHELL = """<!doctype html><html lang="en"><meta charset="utf-8"><title>t</title>
<meta name="viewport" content="width=device-width"><link rel="stylesheet" href="assets/site.css">
<script src="assets/tables.js" defer></script>
<body class="md-typeset"><h1>t</h1>{}<p id="x">end</p></body></html>"""


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Pages with invented tables: two of twelve rows and a small one, and a long one."""
    folder = tmp_path_factory.mktemp("shelf")
    (folder / "assets").symlink_to(ROOT / "content/assets")
    found = review.load(SMALL)
    rows = [Invented(f"r:{i}", i) for i in range(1, LONG + 101)]
    page = Page(found, "pair.md", SERVED)
    pair = [
        page.rows("First", COLUMNS, rows[:12]),
        page.rows("Second", COLUMNS, rows[20:32]),
        page.rows("Small", COLUMNS, rows[40:45]),
    ]
    (folder / "pair.html").write_text(SHELL.format("".join(pair)), encoding="utf-8")
    page = Page(found, "long.html.md", SERVED)
    (folder / "long.html").write_text(
        SHELL.format(page.rows("Long", COLUMNS, rows)).replace("../", ""), encoding="utf-8"
    )
    (aside,) = page.long
    (folder / aside.json).write_text(aside.feed, encoding="utf-8")
    whole = Page(found, "whole.html.md", SERVED, whole=True)
    (folder / "whole.html").write_text(SHELL.format(whole.rows("Long", COLUMNS, rows)), encoding="utf-8")
    with serving(folder) as address:
        yield address


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    context = browser.new_context(viewport={"width": 1280, "height": 800}, accept_downloads=True)
    context.set_default_timeout(10_000)
    opened = context.new_page()
    wrong: list[str] = []
    opened.on("pageerror", lambda error: wrong.append(str(error)))
    yield opened
    context.close()
    assert wrong == []


def ready(page: Any, address: str) -> None:
    page.goto(address)
    page.wait_for_function("document.documentElement.dataset.tables === 'ready'")


def column(page: Any, number: int, table: int = 0) -> list[str]:
    """The visible texts of a column."""
    cells = page.locator(".facts").nth(table).locator(f"tbody tr > :nth-child({number})")
    return [
        text(cell)
        for cell in cells.evaluate_all("cells => cells.map(c => c.innerHTML.replace(/<a class=.row-link.*/, ''))")
    ]


def said(page: Any, table: int = 0) -> str:
    return str(page.locator(".table-said").nth(table).inner_text())


def downloaded(page: Any, table: int = 0) -> list[list[str]]:
    with page.expect_download() as waiting:
        page.locator(".table-tools").nth(table).get_by_role("button", name="CSV").click()
    content = Path(waiting.value.path()).read_bytes().decode("utf-8-sig")
    return list(csv.reader(io.StringIO(content, newline="")))


def visible(page: Any, table: int = 0) -> list[list[str]]:
    """What a reader sees of a table: visible headers and cells, without citation numbers."""
    region = page.locator(".facts").nth(table)
    rows = region.evaluate(
        "r => [...r.querySelectorAll('tr')].map(tr => [...tr.cells].filter(c => c.offsetParent !== null).map(c => c.innerHTML))"
    )
    return [[text(cell.split('<a class="row-link"')[0]) for cell in row] for row in rows]


def test_a_header_sorts_numbers_and_data_attributes(shelf: str, page: Any) -> None:
    ready(page, shelf + "pair.html")
    header = page.locator("th", has_text="Value").first
    names = [f"Row {i}" for i in range(1, 13)]
    unknown_last = [n for n in names if n != "Row 4"]
    header.get_by_role("button").click()
    assert header.get_attribute("aria-sort") == "ascending"
    assert column(page, 1) == [*unknown_last, "Row 4"]
    header.get_by_role("button").click()
    assert header.get_attribute("aria-sort") == "descending"
    assert column(page, 1) == [*reversed(unknown_last), "Row 4"]
    header.get_by_role("button").click()
    assert header.get_attribute("aria-sort") is None
    assert column(page, 1) == names
    page.locator("th button", has_text="Size").first.click()
    assert column(page, 1) == names[::-1]
    page.locator("th button", has_text="Name").first.click()
    assert column(page, 1) == names


def test_text_and_column_filters(shelf: str, page: Any) -> None:
    ready(page, shelf + "pair.html")
    page.get_by_label("Find").first.fill("arzte")
    assert column(page, 2) == [f"Ärzte plum x {i}" for i in (2, 5, 8, 11)]
    assert said(page) == "4 of 12 rows"
    page.get_by_label("Find").first.fill("")
    tools = page.locator(".table-tools").first
    tools.get_by_role("button", name="Filters").click()
    tools.locator(".table-panel").get_by_label("Kind").select_option("pear")
    assert column(page, 1) == [f"Row {i}" for i in (1, 4, 7, 10)]
    tools.locator(".table-panel").get_by_label("Name").fill("row 1")
    assert column(page, 1) == ["Row 1", "Row 10"]
    assert said(page, 1) == "12 of 12 rows"
    tools.get_by_role("button", name="Reset").click()
    assert said(page) == "12 of 12 rows"
    assert tools.locator(".table-panel").get_by_label("Kind").input_value() == ""


def test_the_address_holds_the_state_of_each_table(shelf: str, page: Any) -> None:
    ready(page, shelf + "pair.html?other=1")
    first, second = page.locator(".table-tools").nth(0), page.locator(".table-tools").nth(1)
    first.get_by_label("Find").fill("pear")
    page.locator("th button", has_text="Value").first.click()
    page.locator("th button", has_text="Value").first.click()
    first.get_by_role("button", name="Columns").click()
    first.locator(".table-panel").get_by_label("Size").uncheck()
    second.get_by_role("button", name="Filters").click()
    second.locator(".table-panel").get_by_label("Kind").select_option("apple")
    page.wait_for_function("location.search.includes('second.in.kind')")
    before = [visible(page, i) for i in range(3)]
    for part in ("other=1", "first.q=pear", "first.sort=-value", "first.hide=size", "second.in.kind=apple"):
        assert part in page.url
    page.reload()
    page.wait_for_function("document.documentElement.dataset.tables === 'ready'")
    assert [visible(page, i) for i in range(3)] == before
    assert before[0][0] == ["Name", "Kind", "Value", "Note"]
    assert [row[0] for row in before[0][1:]] == ["Row 10", "Row 7", "Row 1", "Row 4"]
    assert second.locator(".table-panel").get_by_label("Kind").input_value() == "apple"


def test_an_address_with_nonsense_does_no_harm(shelf: str, page: Any) -> None:
    ready(page, shelf + "pair.html?first.sort=-nothing&first.hide=name%20none&first.from=x&first.in.kind=gone")
    assert said(page) == "0 of 12 rows"
    page.get_by_role("button", name="Reset").first.click()
    assert said(page) == "12 of 12 rows"
    assert len(visible(page)[0]) == 5


def test_csv_is_what_is_shown(shelf: str, page: Any) -> None:
    ready(page, shelf + "pair.html?first.hide=size&first.sort=-name")
    shown = visible(page)
    assert len(shown) == 13
    file = downloaded(page)
    dangerous = next(i for i, row in enumerate(shown) if row[0] == "Row 3")
    assert shown[dangerous][3] == '=1+1, "so"'
    assert file[dangerous][3] == '\'=1+1, "so"'
    file[dangerous][3] = file[dangerous][3][1:]
    assert file == shown


def test_everything_by_keyboard(shelf: str, page: Any) -> None:
    ready(page, shelf + "pair.html")

    def tab_to(script: str) -> None:
        for _ in range(60):
            page.keyboard.press("Tab")
            if page.evaluate(f"(e => {script})(document.activeElement)"):
                return
        raise AssertionError(f"never reached: {script}")

    tab_to("e.type === 'search'")
    page.keyboard.type("pear")
    assert said(page) == "4 of 12 rows"
    tab_to("e.textContent === 'Filters'")
    page.keyboard.press("Enter")
    tab_to("e.textContent === 'Columns'")
    page.keyboard.press("Space")
    tab_to("e.tagName === 'SELECT'")
    page.keyboard.type("apple")
    assert said(page) == "0 of 12 rows"
    page.keyboard.press("Home")
    tab_to("e.type === 'checkbox'")
    page.keyboard.press("Space")
    assert visible(page)[0] == ["Name", "Value", "Size", "Note"]
    tab_to("e.textContent === 'Value' && e.closest('th')")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.closest('th').ariaSort") == "ascending"
    tab_to("e.className === 'row-link'")
    page.keyboard.press("Enter")
    assert page.evaluate("location.hash") == "#row-r:1"
    assert page.locator(".table-said").first.get_attribute("role") == "status"


def test_a_row_has_an_address_that_no_filter_hides(shelf: str, page: Any) -> None:
    ready(page, shelf + "pair.html?second.in.kind=apple#row-r:22")
    assert page.locator("tr:target").inner_text().startswith("Row 22")
    assert said(page, 1) == "12 of 12 rows"
    page.locator("tr", has_text="Row 42").locator(".row-link").click()
    assert page.locator("tr:target").inner_text().startswith("Row 42")


def test_a_small_table_gets_no_tools(shelf: str, page: Any) -> None:
    ready(page, shelf + "pair.html")
    assert page.locator(".table-tools").count() == 2
    assert page.locator(".facts").nth(2).locator("thead button").count() == 0


def test_headers_and_names_stay_in_view(shelf: str, page: Any) -> None:
    page.set_viewport_size({"width": 760, "height": 300})
    ready(page, shelf + "pair.html")
    region = page.locator(".facts").first
    region.evaluate("r => { r.querySelector('table').style.width = '2000px'; r.scrollTo(300, 100) }")
    box, head = region.bounding_box(), region.locator("thead th").nth(1).bounding_box()
    name = region.locator("tbody th").nth(4).bounding_box()
    assert abs(head["y"] - box["y"]) < 2
    assert abs(name["x"] - box["x"]) < 2


def test_without_a_script_the_tables_are_whole_and_plain(shelf: str, browser: Any) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(shelf + "pair.html")
    assert page.locator("tbody tr:visible").count() == 29
    assert page.locator("button").count() == 0
    page.goto(shelf + "long.html")
    assert page.locator("tbody tr").count() == FIRST
    assert f"all {(LONG + 100)} on one plain page" in page.locator(".table-whole").inner_text()
    context.close()


def test_on_a_phone_rows_are_cards_that_sort_and_filter(shelf: str, page: Any) -> None:
    page.set_viewport_size({"width": 360, "height": 800})
    ready(page, shelf + "pair.html")
    page.locator(".table-order select").first.select_option("-name")
    assert column(page, 1)[0] == "Row 12"
    cell = page.locator('td[data-label="Kind"]').first
    assert page.evaluate("e => getComputedStyle(e, '::before').content", cell.element_handle()) == '"Kind"'
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_a_long_table_shows_windows_of_its_rows(shelf: str, page: Any) -> None:
    ready(page, shelf + "long.html")
    assert said(page) == f"{LONG + 100} of {LONG + 100} rows, showing 1 to {FIRST}"
    page.get_by_role("button", name="Later rows").click()
    assert column(page, 1) == [f"Row {i}" for i in range(FIRST + 1, 2 * FIRST + 1)]
    page.wait_for_function("location.search.includes('long.from')")
    page.reload()
    page.wait_for_function("document.documentElement.dataset.tables === 'ready'")
    assert column(page, 1)[0] == f"Row {FIRST + 1}"
    page.locator("th button", has_text="Value").click()
    page.locator("th button", has_text="Value").click()
    assert column(page, 1)[0] == f"Row {LONG + 100}"
    page.get_by_label("Find").fill("pear 599")
    assert column(page, 1) == []
    page.get_by_label("Find").fill("plum 599")
    assert column(page, 1) == ["Row 599"]
    assert page.locator(".cite-card").first.text_content().startswith("Doe J")
    ready(page, shelf + "long.html?again#row-r:555")
    assert page.locator("tr:target").inner_text().startswith("Row 555")


def test_a_long_table_says_the_same_as_an_ordinary_one(shelf: str, page: Any) -> None:
    cells = "tr => [...tr.cells].map(cell => [cell.tagName, cell.scope, cell.dataset.label, cell.textContent])"
    ready(page, shelf + "long.html#row-r:555")
    long, fed = downloaded(page), page.locator("tr:target").evaluate(cells)
    ready(page, shelf + "whole.html#row-r:555")
    assert len(long) == LONG + 101
    assert long == downloaded(page)
    assert fed == page.locator("tr:target").evaluate(cells)


def test_an_archive_holds_long_tables_whole() -> None:
    rows = [Invented(f"r:{i}", i) for i in range(LONG + 1)]
    page = Page(review.load(SMALL), "long.md", Addresses(directories=False))
    assert page.rows("Long", COLUMNS, rows).count("<tr") == LONG + 2
    assert page.long == []


@pytest.fixture(scope="module")
def real_site(site: Path) -> Iterator[str]:
    with serving(site) as address:
        yield address


def test_the_approved_uses_of_one_cancer_as_csv(real_site: str, page: Any) -> None:
    ready(page, real_site + "approvals/?uses-in-force.in.cancer=Melanoma&uses-in-force.sort=since")
    shown = visible(page)
    assert len(shown) > 8
    assert all("Melanoma" in row[1] for row in shown[1:])
    assert [row[4] for row in shown[1:]] == sorted(row[4] for row in shown[1:])
    assert downloaded(page) == shown
    assert page.locator("tbody tr[id]").count() == len(shown) - 1
