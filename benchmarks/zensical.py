"""Builds the written-out tree with Zensical and says what differs from our own site; see README.md."""

from __future__ import annotations

import argparse
import difflib
import html
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

MKDOCS_ONLY = "sitemap.xml"
"""The one part of our theme that Zensical cannot read: it asks for what only MkDocs knows of a page."""


def build(zensical: str, to: Path) -> float:
    """Makes the site of the tree that `python -m build_scripts build` writes; returns the seconds of Zensical alone."""
    subprocess.run([sys.executable, "-m", "build_scripts", "build", str(to / "docs")], cwd=ROOT, check=True)
    shutil.copytree(ROOT / "content/assets", to / "docs/assets")
    shutil.copytree(ROOT / "templates/theme", to / "theme", ignore=shutil.ignore_patterns(MKDOCS_ONLY))
    config = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    # It knows no environment in the settings, and would pass over the hook without a word.
    config = re.sub(r"!ENV \[\w+, (.*?)\]", r"\1", config).replace("hooks:\n  - build_scripts/hook.py\n", "")
    config = config.replace("docs_dir: content", "docs_dir: docs").replace("templates/theme", "theme")
    (to / "mkdocs.yml").write_text(config, encoding="utf-8")
    start = time.perf_counter()
    subprocess.run([zensical, "build", "-f", "mkdocs.yml"], cwd=to, check=True)
    return time.perf_counter() - start


def words(page: Path) -> list[str]:
    """What a reader reads on a page, without the frame around it."""
    article = re.search(r"<article[^>]*>(.*?)</article>", page.read_text(encoding="utf-8"), re.DOTALL)
    kept = re.sub(r"<(script|style).*?</\1>", "", article[1] if article else "", flags=re.DOTALL)
    return html.unescape(re.sub(r"<[^>]+>", " ", kept)).split()


def compare(ours: Path, theirs: Path) -> int:
    """Prints the pages that only one of them has or that read differently; returns how many there are."""
    found = [{path.relative_to(site) for path in site.rglob("*.html")} for site in (ours, theirs)]
    wrong = 0
    for path in sorted(found[0] ^ found[1]):
        print(f"{path}: only in {'ours' if path in found[0] else 'theirs'}")
        wrong += 1
    for path in sorted(found[0] & found[1]):
        a, b = words(ours / path), words(theirs / path)
        if a != b:
            wrong += 1
            for line in [line for line in difflib.unified_diff(a, b, lineterm="", n=0) if line[0] in "+-"][2:12]:
                print(f"{path}: {line}")
    print(f"{len(found[0] & found[1])} pages in both, {wrong} that differ")
    for site in (ours, theirs):
        print(f"{site}: {sum(p.stat().st_size for p in site.rglob('*') if p.is_file()) / 2**20:.0f} MiB")
    return wrong


def main() -> None:
    """Builds with Zensical in the temporary folder and compares with `site/`, which `make site` must have made just before."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("zensical", help="the program; it is installed for this comparison only")
    parser.add_argument("--site", type=Path, default=ROOT / "site")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        seconds = build(arguments.zensical, Path(folder))
        print(f"zensical build: {seconds:.1f} s")
        compare(arguments.site, Path(folder, "site"))


if __name__ == "__main__":
    main()
