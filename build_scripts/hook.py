"""The one module that knows MkDocs: it hands over the pages and downloads, and keeps a live preview alive through mistakes."""

from __future__ import annotations

import html
import logging
import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from mkdocs.commands.build import build
from mkdocs.config import load_config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import Abort, MkDocsException
from mkdocs.plugins import event_priority
from mkdocs.structure.files import File, Files, InclusionLevel
from mkdocs.structure.pages import Page

# MkDocs loads this file by its path, from wherever `mkdocs` was installed.
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from build_scripts import archive, aside, checks, downloads, finish, pages, search
from build_scripts.history import commit
from build_scripts.links import Addresses
from build_scripts.review import BIBLIOGRAPHY, TEMPLATES, Review, load
from build_scripts.source import Problem

log = logging.getLogger("mkdocs.hooks.review")


@dataclass
class _Preview:
    """What survives from one build of a live preview to the next."""

    serving: bool = False
    good: Review | None = None
    shown: Review | None = None
    problems: tuple[Problem, ...] = ()


_preview = _Preview()

_aside: dict[str, dict[int, str]] = {}
"""The HTML blocks of each page that are not yet back in their places."""


def on_startup(command: str, dirty: bool) -> None:
    """Notes whether this is a live preview; its presence also makes MkDocs keep this module between rebuilds."""
    _preview.serving = command == "serve"


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Lets every date that MkDocs and the theme write come from the commit, and adds what the preview must watch."""
    root = _root(config)
    made_from = commit(root)
    if made_from:
        os.environ["SOURCE_DATE_EPOCH"] = str(made_from.seconds)
    if not config.repo_url:
        # An empty address would still give the theme a repository to show.
        config.repo_url = None
        config.edit_uri = None
    config.watch = [*config.watch, str(root / TEMPLATES), str(root / BIBLIOGRAPHY)]
    return config


def on_pre_build(config: MkDocsConfig) -> None:
    """Checks the content before MkDocs cleans its folder; a build stops here, a preview goes on with what was good."""
    review = load(_root(config))
    problems = checks.problems(review)
    for problem in problems:
        log.error(str(problem))
    if problems and not _preview.serving:
        raise Abort(
            f"{len(problems)} problem{'s' if len(problems) != 1 else ''} in the content; the last good site stays"
        )
    if not problems:
        _preview.good = review
    _preview.shown = _preview.good or review
    _preview.problems = problems


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Puts the rendered pages and the downloads in the place of the files that MkDocs found."""
    review = _shown()
    addresses = Addresses(directories=config.use_directory_urls)
    try:
        rendered = pages.render(review, addresses)
        made = downloads.files(review)
    except Exception as error:
        if not _preview.serving:
            raise
        # Only a half-read review, or a template being edited, can fail here; an exception would hang every request.
        log.error("the pages could not be made: %s", error)
        _preview.problems += (Problem(TEMPLATES, 1, "", f"the pages could not be made: {error}"),)
        rendered, made = {"index.md": "# The content has problems\n"}, {}
    for file in list(files):
        if file.src_uri.endswith((".md", ".yml")):
            files.remove(file)
    for path, text in rendered.items():
        file = File.generated(config, path, content=text)
        edit = pages.edit_path(review, path)
        # MkDocs shows an edit link only for a file that was not generated, or that says where it comes from.
        file.edit_uri = edit
        files.append(file)
    for path, content in made.items():
        files.append(File.generated(config, path, content=content, inclusion=InclusionLevel.NOT_IN_NAV))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Keeps from Markdown what is HTML already."""
    text, _aside[page.file.src_uri] = aside.set_aside(markdown)
    return text


def on_page_content(content: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Puts back what the search should see, and the preview's problems above the page."""
    blocks = {place: _filled(block, page, config) for place, block in _aside[page.file.src_uri].items()}
    assert page.present_anchor_ids is not None, "MkDocs has just rendered the page"
    page.present_anchor_ids.update(*map(aside.anchors, blocks.values()))
    content = _filled(content, page, config)
    content = aside.put_back(content, {place: block for place, block in blocks.items() if aside.searched(block)})
    _aside[page.file.src_uri] = blocks
    if _preview.serving and _preview.problems:
        content = banner(_preview.problems, _preview.shown is _preview.good) + content
    return content


def _filled(html: str, page: Page, config: MkDocsConfig) -> str:
    """HTML of a page with the report link where a repository address is set, and the link to the archive."""
    # The theme's search joins what stands in two cells without a space: a number and the word before it.
    html = html.replace("</dt><dd>", "</dt> <dd>")
    if "archive" in config.extra:
        html = html.replace(_ARCHIVE_MARK, _archive_link(config.extra["archive"], page.url))
    return _report_link(html, config.repo_url.rstrip("/")) if config.repo_url else html


def on_post_page(output: str, page: Page, config: MkDocsConfig) -> str:
    """Finishes a page; the preview injects a script of its own, and from disk no host is the page's own."""
    output = aside.put_back(output, _aside.pop(page.file.src_uri))
    return finish.finished(output, guarded=not _preview.serving and config.use_directory_urls)


def on_post_template(output_content: str, template_name: str, config: MkDocsConfig) -> str:
    """Finishes the page for addresses that do not exist; the sitemap passes."""
    return finish.finished(output_content, guarded=not _preview.serving and config.use_directory_urls)


@event_priority(-100)
def on_post_build(config: MkDocsConfig) -> None:
    """Puts our search index in the place of the theme's, after it was written."""
    written = Path(config.site_dir, "search/search_index.json")
    addresses = Addresses(directories=config.use_directory_urls)
    for path, text in search.files(written.read_text(encoding="utf-8"), _shown(), addresses).items():
        Path(config.site_dir, path).write_text(text, encoding="utf-8")


def _report_link(content: str, repository: str) -> str:
    marker = '<span class="report" data-record="'
    before, found, after = content.partition(marker)
    if not found:
        return content
    record, _, rest = after.partition('"></span>')
    address = f"{repository}/issues/new?template=wrong-fact.yml&amp;record={record}"
    return f'{before} · <a class="report" href="{address}">This fact is wrong</a>{rest}'


ARCHIVE = "data/icb-resistance.zip"
_ARCHIVE_MARK = '<p class="archive"></p>'


def _archive_link(size: int, url: str) -> str:
    to = "../" * url.count("/") + ARCHIVE
    return (
        f'<p class="archive"><a href="{to}">The whole site as one archive</a> ({downloads.size(size)}): '
        "unpack it and open <code>index.html</code>; everything works from disk, the search too.</p>"
    )


def banner(problems: tuple[Problem, ...], stale: bool) -> str:
    """The list of problems that an editor sees above every page of the preview."""
    state = "This is the last good state." if stale else "This is what could be read."
    items = "".join(f"<li>{html.escape(str(problem))}</li>" for problem in problems[:50])
    more = f"<p>and {len(problems) - 50} more</p>" if len(problems) > 50 else ""
    return (
        f'<div class="problems" role="alert"><p><strong>{len(problems)} problem{"s" if len(problems) != 1 else ""} '
        f"in the content.</strong> {state}</p><ol>{items}</ol>{more}</div>"
    )


def _shown() -> Review:
    assert _preview.shown is not None, "on_pre_build comes first"
    return _preview.shown


def _root(config: MkDocsConfig) -> Path:
    return Path(config.config_file_path).parent


def site(root: Path) -> int:
    """Builds the strict site with its archive beside `site/` and swaps it in when it is whole; returns the exit status."""
    os.environ.setdefault("NO_MKDOCS_2_WARNING", "1")
    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    new, old, there = root / f".site-{os.getpid()}", root / f".site-{os.getpid()}-old", root / "site"
    files = root / f".site-{os.getpid()}-files"
    try:
        build(load_config(str(root / "mkdocs.yml"), strict=True, site_dir=str(files), use_directory_urls=False))
        packed = _packed(files, root)
        config = load_config(str(root / "mkdocs.yml"), strict=True, site_dir=str(new))
        config.extra["archive"] = len(packed)
        build(config)
        (new / ARCHIVE).write_bytes(packed)
        if there.exists():
            there.rename(old)
        new.rename(there)
    except MkDocsException as error:
        print(error, file=sys.stderr)
        return 1
    except OSError as error:
        if old.exists() and not there.exists():
            old.rename(there)
        print(f"{error.filename or there}: {error.strerror}", file=sys.stderr)
        return 1
    finally:
        for left in (new, old, files):
            shutil.rmtree(left, ignore_errors=True)
    print(f"The site is in {there}; open {there / 'index.html'} or run: python -m http.server --directory {there}")
    return 0


def _packed(folder: Path, root: Path) -> bytes:
    made_from = commit(root)
    found = {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}
    return archive.zipped(found, made_from.seconds if made_from else None, Path(ARCHIVE).stem)
