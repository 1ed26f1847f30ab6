"""The one module that knows MkDocs: it hands over the pages and downloads, and keeps a live preview alive through mistakes."""

from __future__ import annotations

import gc
import html
import json
import logging
import os
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.metadata import distributions
from pathlib import Path
from typing import Any

from jinja2 import Environment
from mkdocs.commands.build import build
from mkdocs.config import load_config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import Abort, MkDocsException
from mkdocs.plugins import event_priority
from mkdocs.structure.files import File, Files, InclusionLevel
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page
from mkdocs.utils import CountHandler
from mkdocs.utils.templates import TemplateContext

# MkDocs loads this file by its path, from wherever `mkdocs` was installed.
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from build_scripts import (
    archive,
    aside,
    changelog,
    checks,
    citing,
    downloads,
    editor,
    feeds,
    finish,
    kept,
    moved,
    pages,
    search,
    whole,
)
from build_scripts.history import commit
from build_scripts.links import Addresses
from build_scripts.progress import Progress
from build_scripts.review import BIBLIOGRAPHY, TEMPLATES, Review, load
from build_scripts.served import Compiled, Folder
from build_scripts.source import Problem
from build_scripts.watched import Memory

log = logging.getLogger("mkdocs.hooks.review")


@dataclass
class _Preview:
    """What survives from one build of a live preview to the next."""

    serving: bool = False
    builds: int = 0
    good: Review | None = None
    shown: Review | None = None
    log: changelog.Log = changelog.UNASKED
    problems: tuple[Problem, ...] = ()
    memory: Memory = field(default_factory=Memory)
    folder: Folder = field(default_factory=Folder)
    compiled: tuple[str, Compiled] = ("", Compiled())
    finished: dict[tuple[str, str | None], kept.Finished] = field(default_factory=dict)


_preview = _Preview()

_aside: dict[str, dict[int, str]] = {}
"""The HTML blocks of each page that are not yet back in their places."""


@dataclass
class _Keeping:
    """What one build takes from the build before it, and what it leaves for the next."""

    folder: Path
    version: str | None
    shown: list[File]
    warned: CountHandler = field(default_factory=lambda: CountHandler())
    keys: dict[str, str] = field(default_factory=dict)
    taken: list[dict[str, Any]] = field(default_factory=list)
    made: set[str] = field(default_factory=set)


_keeping: _Keeping | None = None


@dataclass
class _Telling:
    """How far a build is that the command started: each page is read once and written once; MkDocs itself has a log."""

    tell: Progress
    of: int = 0
    done: int = 0

    def step(self) -> None:
        self.done += 1
        self.tell(self.done, self.of)


def on_startup(command: str, dirty: bool) -> None:
    """Notes whether this is a live preview; its presence also makes MkDocs keep this module between rebuilds."""
    _preview.serving = command == "serve"
    # Nearly all that a build makes stays until its end: looking for garbage less often saves a twentieth of it.
    gc.set_threshold(50_000, 20, 100)


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
    review = load(_root(config), _preview.memory if _preview.serving else None)
    if _preview.serving:
        editor.refresh(_root(config), review)
    problems = checks.problems(review)
    for problem in problems:
        log.error(str(problem))
    if problems and not _preview.serving:
        raise Abort(
            f"{len(problems)} problem{'s' if len(problems) != 1 else ''} in the content; the last good site stays"
        )
    if _preview.serving and _preview.builds == 1:
        # What the first build has left stays: the collector of garbage need not walk it in every build.
        gc.collect()
        gc.freeze()
    _preview.builds += 1
    if not problems:
        _preview.good = review
    _preview.shown = _preview.good or review
    _preview.problems = problems
    _preview.log = changelog.load(_root(config), Progress("days compared"))
    config.extra["feeds"] = bool(_preview.log.days)
    if _preview.serving:
        _preview.folder.put_aside(Path(config.site_dir))


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Puts the rendered pages and the downloads in the place of the files that MkDocs found."""
    review = _shown()
    if _preview.serving:
        _preview.folder.put_back(Path(config.site_dir))
    addresses = Addresses(directories=config.use_directory_urls)
    try:
        rendered = pages.render(review, addresses, _preview.log)
        made = {
            **downloads.files(review),
            **feeds.files(review, _preview.log, addresses, config.site_url),
            **moved.files(review, addresses, config.site_url, addresses.directories and not _preview.serving),
        }
        _preview.memory.tidy()
    except Exception as error:
        if not _preview.serving:
            raise
        # Only a half-read review, or a template being edited, can fail here; an exception would hang every request.
        log.error("the pages could not be made: %s", error)
        _preview.problems += (Problem(TEMPLATES, 1, "", f"the pages could not be made: {error}"),)
        rendered, made = {"index.md": "# The content has problems\n"}, {}
    if not _preview.serving:
        _preview.good = _preview.shown = review.lean()
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


def on_nav(nav: Navigation, config: MkDocsConfig, files: Files) -> None:
    """Hands over as they are the pages that an earlier build has finished from the same input."""
    global _keeping
    if _keeping:
        logging.getLogger("mkdocs").removeHandler(_keeping.warned)
    _keeping = None
    if _preview.problems:
        return
    made_from, everything = _shown().commit, _everything(nav, config, files)
    _keeping = _Keeping(
        _root(config) / ".cache" / "pages" / everything[:16],
        citing.version(made_from) if made_from and made_from.name != "unknown" else None,
        list(files.documentation_pages()),
    )
    _keeping.warned.setLevel(logging.WARNING)
    logging.getLogger("mkdocs").addHandler(_keeping.warned)
    for file in _keeping.shown:
        if not file.inclusion.is_not_in_nav():
            continue
        name = kept.page_key(everything, file.src_uri, file.edit_uri, file.content_string, _keeping.version)
        _keeping.keys[file.src_uri] = name
        finished = _finished(_keeping, name)
        if finished:
            _keeping.taken += finished.docs
            _hand_over(file, finished, config)
    if telling := config.extra.get("telling"):
        telling.of = 2 * (len(_keeping.shown) - len(_keeping.taken))


def _finished(keeping: _Keeping, name: str) -> kept.Finished | None:
    """A page that an earlier build has left; a preview reads each from disk once."""
    if known := _preview.finished.get((name, keeping.version)):
        return known
    try:
        finished = kept.unpacked((keeping.folder / name).read_bytes(), keeping.version)
    except OSError:
        return None
    if finished and _preview.serving:
        _preview.finished[name, keeping.version] = finished
    return finished


def _hand_over(file: File, finished: kept.Finished, config: MkDocsConfig) -> None:
    """Makes a page a file that MkDocs copies, but that links and the sitemap still know as a page."""
    page = file.page or Page(None, file, config)
    page.present_anchor_ids = set(finished.anchors)
    page.meta = {"changed": finished.changed}
    assert file.abs_dest_path and file.url, "both must be known before the file is no page any more"
    file.is_documentation_page = lambda: False  # type: ignore[method-assign]
    if _preview.serving:
        file.content_bytes = finished.html.encode()
        return
    # Written at once, so that not all of them wait in memory for their turn.
    to = Path(file.abs_dest_path)
    to.parent.mkdir(parents=True, exist_ok=True)
    to.write_bytes(finished.html.encode())
    file.content_string = ""
    file.copy_file = _nothing  # type: ignore[method-assign]


def _nothing(dirty: bool = False) -> None:
    """In the place of copying what is where it belongs."""


def _everything(nav: Navigation, config: MkDocsConfig, files: Files) -> str:
    """The key of all that goes into every page: settings, navigation, files, code, theme and versions."""
    settings = {name: kept.plain(said) for name, said in config.items() if name not in _OF_THE_MACHINE}
    settings |= {"theme": [config.theme.name, kept.plain(config.theme)], "serving": _preview.serving}
    # The size of the archive is said on a page of the navigation only, and those are always made.
    extra = {name: said for name, said in config.extra.items() if name not in ("archive", "telling")}
    settings |= {"extra": kept.plain(extra)}
    settings |= {"versions": [sys.version, *sorted(f"{d.name} {d.version}" for d in distributions())]}
    settings |= {"files": [file.src_uri for file in files]}
    settings |= {"navigation": [page.title or page.file.content_string for page in nav.pages]}
    here, theme = Path(__file__).parent, _root(config) / TEMPLATES / "theme"
    sources = sorted([*here.glob("*.py"), *(path for path in theme.rglob("*") if path.is_file())])
    return kept.key(json.dumps(settings, sort_keys=True), *(path.read_bytes() for path in sources))


_OF_THE_MACHINE = ("config_file_path", "docs_dir", "site_dir", "dev_addr", "watch", "strict", "hooks")


def on_env(env: Environment, config: MkDocsConfig, files: Files) -> Environment:
    """Spares a preview the templates that it has compiled before, and the files that its folder holds already."""
    if not _preview.serving:
        return env
    everything = _keeping.folder.name if _keeping else ""
    if _preview.compiled[0] != everything:
        _preview.compiled = (everything, Compiled())
    env.bytecode_cache = _preview.compiled[1]
    for file in files:
        made_here = file.is_documentation_page() or file.abs_src_path is not None
        if file.abs_dest_path and _preview.folder.holds(file.abs_dest_path, None if made_here else file.content_bytes):
            file.copy_file = _nothing  # type: ignore[method-assign]
    return env


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Keeps from Markdown what is HTML already."""
    text, _aside[page.file.src_uri] = aside.set_aside(markdown)
    if telling := config.extra.get("telling"):
        telling.step()
    # The page has its text now; a second copy of every page would wait for the end of the build.
    page.file.content_string = ""
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
    output = finish.finished(output, guarded=not _preview.serving and config.use_directory_urls)
    if telling := config.extra.get("telling"):
        telling.step()
    if _keeping and page.file.src_uri in _keeping.keys:
        _keeping.made.add(page.file.src_uri)
    return output


def on_template_context(context: TemplateContext, template_name: str, config: MkDocsConfig) -> TemplateContext:
    """Shows the sitemap all pages, those from an earlier build too."""
    if _keeping and template_name == "sitemap.xml":
        context["pages"] = _keeping.shown
    return context


def on_post_template(output_content: str, template_name: str, config: MkDocsConfig) -> str:
    """Finishes the page for addresses that do not exist; the sitemap passes."""
    return finish.finished(output_content, guarded=not _preview.serving and config.use_directory_urls)


@event_priority(-100)
def on_post_build(config: MkDocsConfig) -> None:
    """Puts our search index in the place of the theme's, after it was written."""
    theme = json.loads(Path(config.site_dir, "search/search_index.json").read_text(encoding="utf-8"))
    if _keeping:
        docs = kept.by_page([*theme["docs"], *_keeping.taken])
        theme["docs"] = [doc for file in _keeping.shown for doc in docs.get(_page(file).url, ())]
        if not _keeping.warned.get_counts():
            try:
                _leave(_keeping, docs)
            except OSError as error:
                log.info("nothing is kept for the next build: %s", error)
    addresses = Addresses(directories=config.use_directory_urls)
    for path, text in search.files(theme, _shown(), addresses).items():
        Path(config.site_dir, path).write_text(text, encoding="utf-8")
    if _preview.serving:
        _preview.folder.finish()


def _page(file: File) -> Page:
    assert file.page is not None, "every page has been built or taken over"
    return file.page


def _leave(keeping: _Keeping, docs: Mapping[str, list[dict[str, Any]]]) -> None:
    """Leaves the pages of this build for the next, and nothing that this build had no use for."""
    for file in keeping.shown:
        page = _page(file)
        # A link to another page's anchor must be looked up again in every build.
        if file.src_uri not in keeping.made or any(to is not file for to in page.links_to_anchors or ()):
            continue
        anchors = sorted(page.present_anchor_ids or ())
        output = Path(file.abs_dest_path or "").read_bytes().decode()
        finished = kept.Finished(output, docs.get(page.url, []), anchors, page.meta.get("changed"))
        kept.leave(keeping.folder / keeping.keys[file.src_uri], kept.packed(finished, keeping.version))
    used = set(keeping.keys.values())
    _preview.finished = {key: page for key, page in _preview.finished.items() if key[0] in used}
    for path in keeping.folder.glob("*"):
        if path.name not in used:
            path.unlink(missing_ok=True)
    folders = sorted(keeping.folder.parent.glob("*"), key=lambda folder: folder.stat().st_mtime)
    for folder in folders[:-_FOLDERS]:
        shutil.rmtree(folder, ignore_errors=True)


_FOLDERS = 4
"""The site, its archive and the preview each have settings of their own; what is older is in nobody's way."""


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
    there = root / "site"
    new, files = whole.beside(there), whole.beside(there, "-files")
    try:
        whole.clear(there)
        config = load_config(str(root / "mkdocs.yml"), strict=True, site_dir=str(files), use_directory_urls=False)
        config.extra["telling"] = _Telling(Progress("steps of the archive"))
        build(config)
        packed = _packed(files, root)
        config = load_config(str(root / "mkdocs.yml"), strict=True, site_dir=str(new))
        config.extra["archive"] = len(packed)
        config.extra["telling"] = _Telling(Progress("steps of the site"))
        build(config)
        (new / ARCHIVE).write_bytes(packed)
        whole.put(new, there)
    except MkDocsException as error:
        print(error, file=sys.stderr)
        return 1
    except OSError as error:
        print(f"{error.filename or there}: {error.strerror}", file=sys.stderr)
        return 1
    finally:
        for left in (new, files):
            shutil.rmtree(left, ignore_errors=True)
    print(f"The site is in {there}; open {there / 'index.html'} or run: python -m http.server --directory {there}")
    return 0


def _packed(folder: Path, root: Path) -> bytes:
    made_from = commit(root)
    found = {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}
    return archive.zipped(found, made_from.seconds if made_from else None, Path(ARCHIVE).stem)
