"""What a finished page of the theme still lacks, and has too much of: a name for its search, a policy of its own, white space."""

from __future__ import annotations

import base64
import hashlib
import re

_INLINE = {
    "script": re.compile(r"<script(?![^>]*\bsrc=)(?![^>]*application/)[^>]*>(.*?)</script>", re.DOTALL),
    "style": re.compile(r"<style[^>]*>(.*?)</style>", re.DOTALL),
}
_KEPT = re.compile(r"(<(?:pre|textarea|script|style)\b.*?</(?:pre|textarea|script|style)>)", re.DOTALL)
_SPACE = re.compile(r"\s*\n\s*")
_CHARSET = '<meta charset="utf-8">'
_SEARCH = '<div class="md-search" data-md-component="search" role="dialog">'


def finished(html: str, guarded: bool) -> str:
    """The page with its search named and, where guarded, a policy that runs nothing but this site's own scripts."""
    html = html.replace(_SEARCH, _SEARCH.replace(">", ' aria-label="Search">'))
    html = slim(html)
    if guarded and _CHARSET in html:
        html = html.replace(
            _CHARSET, f'{_CHARSET}<meta http-equiv="Content-Security-Policy" content="{policy(html)}">', 1
        )
    return html


def slim(html: str) -> str:
    """The page without the indentation and blank lines of its templates, which are a fifth of a short page."""
    parts = _KEPT.split(html)
    parts[::2] = [_SPACE.sub("\n", part) for part in parts[::2]]
    return "".join(parts)


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
