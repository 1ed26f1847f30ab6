"""Addresses: where each page and record stands, and the one function that makes every generated link."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass

from build_scripts.model import KINDS

FOLDER = {kind: plural for kind, (plural, _) in KINDS.items()} | {"reference": "references"}


def page_of(kind: str, id: str) -> str:
    """The Markdown path of the page that shows a record: its own, or the one on which it is a part."""
    match kind:
        case "paper":
            return f"references/{id}.md"
        case "evidence":
            return f"references/{id.partition(':')[0]}.md"
        case "term":
            return "glossary/index.md"
    return f"{FOLDER[kind]}/{id}.md"


def anchor_of(kind: str, id: str) -> str:
    """The anchor of a record on the page that shows it; empty for a page of its own."""
    match kind:
        case "evidence":
            return f"evidence-{id.partition(':')[2]}"
        case "term":
            return f"term-{id}"
    return ""


PARTS_OF_PAGES = ("paper", "term")
"""The kinds of records without a page of their own."""


@dataclass(frozen=True)
class Addresses:
    """The URL style of a site: folders for a server, or files for an archive that opens from disk."""

    directories: bool = True

    def of(self, page: str) -> str:
        """The address of a Markdown path, from the root of the site."""
        stem = page.removesuffix(".md")
        if stem == "index" or stem.endswith("/index"):
            folder = stem.removesuffix("index")
            return folder if self.directories else f"{folder}index.html"
        return f"{stem}/" if self.directories else f"{stem}.html"

    def between(self, page: str, to: str, anchor: str = "") -> str:
        """The relative address of a page or file, as a link on another page needs it."""
        target = self.of(to) if to.endswith(".md") else to
        here = posixpath.dirname(self.of(page))
        if anchor and page == to:
            return f"#{anchor}"
        path = _relative(target, here)
        return f"{path}#{anchor}" if anchor else path


def _relative(target: str, here: str) -> str:
    """The way to an address from a folder; both are plain, so that no more needs to be done than to climb and descend."""
    to, at = target.split("/"), here.split("/") if here else []
    folders = min(len(to) - 1, len(at))
    common = next((i for i in range(folders) if to[i] != at[i]), folders)
    return "../" * (len(at) - common) + "/".join(to[common:]) or "./"


SERVED = Addresses()
"""The addresses of a site behind a server; the datasets always use these."""


def use_anchor(approval: str) -> str:
    """The anchor of an approval on its owner's page."""
    return f"use-{approval}"


def address(addresses: Addresses, kind: str, id: str) -> str:
    """The address of a record from the root of the site."""
    page, anchor = addresses.of(page_of(kind, id)), anchor_of(kind, id)
    return f"{page}#{anchor}" if anchor else page


def follows(path: str) -> str:
    """The feed that says what changed on a page, without the ending of its files."""
    folder, _, name = path.removesuffix(".md").rpartition("/")
    if folder == "cancers" and name != "index":
        return f"feeds/cancers/{name}"
    return "feeds/approvals" if folder == "approvals" else "feeds/all"
