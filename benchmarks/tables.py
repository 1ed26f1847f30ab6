"""Times a table of many invented rows in Chromium: ours beside Material's recommended tablesort, in the same run."""

from __future__ import annotations

import argparse
import functools
import http.server
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from statistics import median
from typing import Any

import yaml

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from build_scripts import pages, review
from build_scripts.links import SERVED
from build_scripts.rows import ApprovalRow, rows_of

ROOT = Path(__file__).resolve().parent.parent
COLUMNS = ("regimen", "cancer", "setting", "population", "since", "status", "trials")
# As the theme's reference says, only that the script comes from here.
TABLESORT = """document$.subscribe(function() {
  var tables = document.querySelectorAll("article table:not([class])")
  tables.forEach(function(table) { new Tablesort(table) })
  document.documentElement.dataset.tables = "ready"
})
"""
# Resolves with the milliseconds from the start of an action until its frame was painted.
PAINTED = """(act) => new Promise((done) => {
  const start = performance.now();
  act();
  requestAnimationFrame(() => setTimeout(() => done(performance.now() - start)));
})"""


def main() -> None:
    """Builds both pages, measures them in turns, prints medians and ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tablesort", type=Path, help="dist/tablesort.min.js of the npm package tablesort")
    parser.add_argument("--rows", type=int, default=5000)
    parser.add_argument("--runs", type=int, default=5)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="icb-tables-") as folder:
        site = build(Path(folder), given.rows, given.tablesort)
        measured = measure(site, given.runs)
    print(f"{given.rows} rows, median of {given.runs} runs, milliseconds")
    for what in ("usable", "sort", "sort back", "filter", "undo"):
        ours, theirs = (median(measured[which][what] or [0]) for which in ("ours", "theirs"))
        print(f"{what:10} ours {ours:8.1f}" + (f"   tablesort {theirs:8.1f}   {theirs / ours:6.1f} times" if theirs else ""))


def invented_rows(found: review.Review, wanted: int) -> list[ApprovalRow]:
    """Twins of today's approvals under invented ids, with days spread over the years."""
    originals = rows_of(found, "approvals")
    twins = []
    for i in range(wanted):
        row = originals[i % len(originals)]
        day = f"{2011 + i * 7 % 16}-{1 + i * 5 % 12:02}-{1 + i * 11 % 28:02}"
        told = {"population": f"{row.population}, invented {i}", "approved_on": day}
        twins.append(row.model_copy(update={"id": f"invented-{i}:{row.id.replace(':', '-')}", **told}))
    return twins


def build(folder: Path, wanted: int, tablesort: Path) -> Path:
    """A site of two pages with the same rows under the real theme: `ours/` and `theirs/`."""
    found = review.load(ROOT)
    rows = invented_rows(found, wanted)
    docs = folder / "docs"
    shutil.copytree(ROOT / "content/assets", docs / "assets")
    shutil.copy(tablesort, docs / "assets/tablesort.js")
    (docs / "assets/start.js").write_text(TABLESORT, encoding="utf-8")
    ours = pages.Page(found, "ours.md", SERVED)
    head = "---\nsearch: {exclude: true}\nhide: [navigation, toc]\n---\n\n"
    (docs / "ours.md").write_text(f"{head}# Ours\n\n{ours.rows('Invented uses', list(COLUMNS), rows)}\n", encoding="utf-8")
    for table in ours.long:
        (docs / table.json).write_text(table.feed, encoding="utf-8")
    theirs = pages.Page(found, "theirs.md", SERVED, whole=True).rows("Invented uses", list(COLUMNS), rows)
    plain = theirs.replace(' class="facts-table"', "")
    (docs / "theirs.md").write_text(f"{head}# Theirs\n\n{plain}\n", encoding="utf-8")
    (docs / "index.md").write_text("# Index\n", encoding="utf-8")
    config = {"site_name": "Benchmark", "theme": {"name": "material", "font": False}, "extra_css": ["assets/site.css"]}
    config |= {"markdown_extensions": ["attr_list", "md_in_html"], "plugins": ["search"], "docs_dir": "docs"}
    for which, scripts in (("ours", ["assets/tables.js"]), ("theirs", ["assets/tablesort.js", "assets/start.js"])):
        made = config | {"site_dir": which, "extra_javascript": [{"path": s, "defer": True} for s in scripts]}
        (folder / "mkdocs.yml").write_text(yaml.safe_dump(made), encoding="utf-8")
        environment = os.environ | {"NO_MKDOCS_2_WARNING": "1"}
        subprocess.run([sys.executable, "-m", "mkdocs", "build", "-q"], cwd=folder, env=environment, check=True)
    return folder


def measure(folder: Path, runs: int) -> dict[str, dict[str, list[float]]]:
    """The milliseconds of each action on each page, a fresh browser context each time."""
    from playwright.sync_api import sync_playwright

    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    measured: dict[str, dict[str, list[float]]] = {
        which: {what: [] for what in ("usable", "sort", "sort back", "filter", "undo")} for which in ("ours", "theirs")
    }
    handler = functools.partial(_Quiet, directory=str(folder))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        for _ in range(runs):
            for which, found in measured.items():
                context = browser.new_context(viewport={"width": 1280, "height": 800})
                page = context.new_page()
                # The readiness is stamped in the page, so that the driver's own delay is not counted.
                page.add_init_script(
                    "new MutationObserver((_, o) => { if (document.documentElement?.dataset.tables) {"
                    " requestAnimationFrame(() => setTimeout(() => { window.usable = performance.now(); })); o.disconnect(); } })"
                    ".observe(document, {subtree: true, attributes: true, childList: true})"
                )
                page.goto(f"http://127.0.0.1:{server.server_port}/{which}/{which}/", timeout=120_000)
                page.wait_for_function("window.usable", timeout=120_000)
                found["usable"].append(page.evaluate("window.usable"))
                page.wait_for_timeout(300)
                head = "document.querySelectorAll('article thead th')[4]"
                press = f"{head}.querySelector('button').click()" if which == "ours" else f"{head}.click()"
                for what in ("sort", "sort back"):
                    found[what].append(page.evaluate(f"({PAINTED})(() => {{ {press} }})"))
                    page.wait_for_timeout(300)
                if which == "ours":
                    find = "const f = document.querySelector('.table-find input'); f.value = '{}'; f.oninput();"
                    for what, words in (("filter", "melanoma adjuvant"), ("undo", "")):
                        act = find.replace("{}", words)
                        found[what].append(page.evaluate(f"({PAINTED})(() => {{ {act} }})"))
                        page.wait_for_timeout(300)
                context.close()
        browser.close()
    server.shutdown()
    server.server_close()
    return measured


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: Any) -> None:
        pass


if __name__ == "__main__":
    main()
