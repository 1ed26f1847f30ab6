"""The Content-Security-Policy: on every page of a served site, made from the page, and kept by a real browser."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from browsers import needs_browser, serving

from build_scripts.finish import finished, policy, slim

PAGE = '<head>\n<meta charset="utf-8">\n<style>p{}</style></head><script>let a = 1</script><script src="x.js"></script><script type="application/ld+json">{}</script>'


def test_inline_scripts_and_styles_are_named_by_their_hash() -> None:
    # printf 'let a = 1' | openssl dgst -sha256 -binary | base64
    script, style = (
        "'sha256-LAfYd7pbFUgwfQu8b4q135PeTG2z+/coPEUYCd74eCQ='",
        "'sha256-gG2yISYereRMiG2lMXrbiUgi0Ubw9p7QCeWcroOvy9Y='",
    )
    assert policy(PAGE).startswith(f"default-src 'self'; script-src 'self' {script}; style-src 'self' {style};")


def test_only_a_guarded_page_has_a_policy() -> None:
    assert 'charset="utf-8"><meta http-equiv="Content-Security-Policy"' in finished(PAGE, guarded=True)
    assert finished(PAGE, guarded=False) == PAGE


def test_white_space_goes_but_not_where_it_is_read() -> None:
    assert slim("<p>\n\n   a  b\n</p>\n<pre>\n\n  c\n</pre>\n  <i>") == "<p>\na  b\n</p>\n<pre>\n\n  c\n</pre>\n<i>"


def test_every_page_has_one(site: Path) -> None:
    pages = sorted(site.rglob("*.html"))
    assert len(pages) > 400
    assert [p for p in pages if p.read_text(encoding="utf-8").count('http-equiv="Content-Security-Policy"') != 1] == []
    assert "unsafe" not in "".join(re.findall(r"Security-Policy[^>]*", pages[0].read_text(encoding="utf-8")))


@needs_browser
@pytest.mark.parametrize(
    "attempt",
    [
        "document.body.append(Object.assign(document.createElement('script'), {textContent: 'window.broken = 1'}))",
        "document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=\"window.broken = 1\">')",
        "document.body.append(Object.assign(document.createElement('script'), {src: 'data:text/javascript,window.broken=1'}))",
    ],
)
def test_a_smuggled_script_does_not_run(attempt: str, site: Path, browser: Any) -> None:
    with serving(site) as address:
        page = browser.new_page()
        said: list[str] = []
        page.on("console", lambda message: said.append(message.text))
        page.goto(address + "agents/nivolumab/")
        page.evaluate(attempt)
        page.wait_for_timeout(300)
        assert page.evaluate("window.broken") is None
        assert "Content Security Policy" in " ".join(said)
        page.close()
