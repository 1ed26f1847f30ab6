"""What a finished page of the theme still lacks: a name for its search, and a Content-Security-Policy of its own."""

from __future__ import annotations

import base64
import hashlib
import re

_INLINE = {
    "script": re.compile(r"<script(?![^>]*\bsrc=)(?![^>]*application/)[^>]*>(.*?)</script>", re.DOTALL),
    "style": re.compile(r"<style[^>]*>(.*?)</style>", re.DOTALL),
}
_CHARSET = '<meta charset="utf-8">'
_SEARCH = '<div class="md-search" data-md-component="search" role="dialog">'


def finished(html: str, guarded: bool) -> str:
    """The page with its search named and, where guarded, a policy that runs nothing but this site's own scripts."""
    html = html.replace(_SEARCH, _SEARCH.replace(">", ' aria-label="Search">'))
    if guarded and _CHARSET in html:
        html = html.replace(
            _CHARSET, f'{_CHARSET}<meta http-equiv="Content-Security-Policy" content="{policy(html)}">', 1
        )
    return html


def policy(html: str) -> str:
    """The policy of a page: everything from its own host, inline scripts and styles by their hashes."""
    sources = {name: " ".join(["'self'", *_hashes(found, html)]) for name, found in _INLINE.items()}
    return (
        f"default-src 'self'; script-src {sources['script']}; style-src {sources['style']}; img-src 'self' data:; "
        "object-src 'none'; base-uri 'self'; form-action 'self'"
    )


def _hashes(inline: re.Pattern[str], html: str) -> list[str]:
    found = {base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in inline.findall(html)}
    return [f"'sha256-{digest}'" for digest in sorted(found)]
