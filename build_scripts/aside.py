"""HTML blocks of our own, kept from Markdown, which would read each of them three times to leave it as it is."""

from __future__ import annotations

import re
from collections.abc import Mapping

_OPENS = re.compile(r"<(details|div|dl|figure|nav|ol|p|table|ul)\b(?![^>]*\bmarkdown=)[^>]*>")
_TAGS = {
    name: re.compile(rf"<(/?){name}\b[^>]*>")
    for name in ("details", "div", "dl", "figure", "nav", "ol", "p", "table", "ul")
}
_MARK = '<div data-aside="{}"></div>'
_MARKED = re.compile(_MARK.format(r"(\d+)"))
_FENCE = re.compile(r"^(```|~~~)", re.MULTILINE)
_ID = re.compile(r'\sid="([^"]+)"')


def set_aside(text: str) -> tuple[str, dict[int, str]]:
    """Markdown with a mark in the place of each HTML block that stands alone, and the blocks by their marks."""
    blocks: dict[int, str] = {}
    if _FENCE.search(text):  # what stands in a fence is shown, not meant
        return text, blocks
    chunks = text.split("\n\n")
    for place, chunk in enumerate(chunks):
        block = chunk.strip("\n")
        if _alone(block):
            blocks[place] = block
            chunks[place] = _MARK.format(place).join(chunk.split(block))
    return "\n\n".join(chunks), blocks


def _alone(block: str) -> bool:
    """Whether a text without an empty line is one whole element; Markdown reads on where that ends too early."""
    opened = _OPENS.match(block)
    if not opened or not block.endswith(f"</{opened[1]}>"):
        return False
    depth = 0
    for tag in _TAGS[opened[1]].finditer(block):
        depth += -1 if tag[1] else 1
        if depth == 0:
            return tag.end() == len(block)
    return False


def put_back(html: str, blocks: Mapping[int, str]) -> str:
    """HTML with these blocks in the place of their marks; other marks stay."""
    return _MARKED.sub(lambda mark: blocks.get(int(mark[1]), mark[0]), html)


def searched(block: str) -> bool:
    """Whether the search should see a block, by its first tag."""
    return "data-search-exclude" not in block.partition(">")[0]


def anchors(block: str) -> set[str]:
    """The names under which a link can point into a block."""
    return set(_ID.findall(block))
