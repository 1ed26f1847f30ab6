"""What Markdown need not read: a page comes out the same whether its HTML blocks were set aside or not."""

from __future__ import annotations

from pathlib import Path

import markdown
import pytest
from conftest import ROOT
from hypothesis import given, settings
from hypothesis import strategies as st
from mkdocs.utils import meta
from mkdocs.utils.yaml import yaml_load

from build_scripts import aside, pages, review

PIECES = (
    "<p class='lede'>One *two*.</p>", "<div>one</div>", "<div><div>in</div> two</div>", "<p>a</p>tail *b*", "<p>a</p>\n<p>b</p>",
    "<dl>\n<dt>T</dt><dd>D</dd>\n</dl>", "<ol data-search-exclude>\n<li>x</li>\n</ol>", "<div markdown='1'>*x*</div>",
    "<div markdown='1'>\n\n<p>x</p>\n\n*y*\n\n</div>", "<div>\n\n<p>x</p>\n\n*y*\n\n</div>",
    "<pre><code>one\n\n<p>two</p>\n\nthree</code></pre>", "<details><summary>S</summary>\n\n<dl>x</dl>\n</details>",
    "# Title", "## Title *two*", "- item", "    code", "words *strong*", "<!-- note -->", "> quoted", "`<p>`", "1. one",
    "<table><tr><td>|</td></tr></table>", "a | b\n--|--\nc | <b>d</b>", "<p >x</p >", "```\n\n<p>x</p>\n\n```", "<P>x</P>", "<p>&amp; &#45; < ></p>",
)  # fmt: skip


def convert(text: str) -> str:
    """Markdown with the extensions of the site, and the fences that MkDocs adds."""
    listed = yaml_load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"))["markdown_extensions"]
    options = {name: given for entry in listed if isinstance(entry, dict) for name, given in entry.items()}
    return markdown.Markdown(
        extensions=["fenced_code", *(e for e in listed if isinstance(e, str)), *options], extension_configs=options
    ).convert(text)


def around(text: str) -> str:
    """The same, with the HTML blocks set aside meanwhile."""
    marked, blocks = aside.set_aside(text)
    return aside.put_back(convert(marked), blocks)


@settings(deadline=None, max_examples=300)
@given(st.lists(st.tuples(st.sampled_from(PIECES), st.sampled_from(("\n\n", "\n\n\n", "\n", "\n \n"))), max_size=8))
def test_markdown_gives_the_same(pieces: list[tuple[str, str]]) -> None:
    text = "".join(piece + end for piece, end in pieces)
    assert around(text) == convert(text)


def test_every_page_is_the_same(project: Path) -> None:
    for path, source in pages.render(review.load(project)).items():
        if path.endswith(".md"):
            text, _ = meta.get_data(source)
            assert around(text) == convert(text), path


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("<p>one</p>", 1),
        ("words\n\n<div>\n<p>one</p>\n</div>\n\nwords", 1),
        ("words\n<p>one</p>", 0),
        ("<p>one</p> words", 0),
        ("<p>one</p><p>two</p>", 0),
        ("<div markdown='1'>*one*</div>", 0),
        ('<a href="x">one</a>', 0),
    ],
)
def test_only_a_whole_block_is_set_aside(text: str, kept: int) -> None:
    assert len(aside.set_aside(text)[1]) == kept


def test_links_and_the_search_see_it() -> None:
    assert aside.anchors('<div id="a"><p class="x" id="b">id="c"</p></div>') == {"a", "b"}
    assert aside.searched("<p>one <b data-search-exclude>two</b></p>")
    assert not aside.searched("<p data-search-exclude>one</p>")
