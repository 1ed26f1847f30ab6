"""Hover text: the first time that a page uses an abbreviation of the glossary, its meaning comes with it."""

from __future__ import annotations

import re

from markupsafe import Markup, escape

from build_scripts.review import Review

# Only what looks like an abbreviation: a reader knows the words "B cell", and hovering over all of them would tire.
_SHORT = re.compile(r"(?=.*[A-Z])(?=.*[A-Z0-9κβζα-]).{2,12}")
# What a match must not touch: code, headings, links and their targets, images of Markdown, tags.
_WHOLE = r"`[^`\n]*`|^#.*$|\[[^\]\n]*\]\([^)\n]*\)|<[^>]*>"


def _known(review: Review) -> tuple[re.Pattern[str], dict[str, str]]:
    """The pattern of all short names, and the meaning of each; a name that two entries share explains nothing."""
    meanings: dict[str, str] = {}
    shared: set[str] = set()
    for term in review.terms.values():
        for name in {term.name, *term.aliases}:
            if _SHORT.fullmatch(name) and " " not in name:
                shared.update({name} & meanings.keys())
                meanings[name] = f"{term.name}: {term.definition}" if name != term.name else term.definition
    for name in shared:
        del meanings[name]
    names = "|".join(re.escape(name) for name in sorted(meanings, key=len, reverse=True)) or r"(?!)"
    return re.compile(rf"{_WHOLE}|(?<![\w-])(?P<name>{names})(?![\w-])", re.MULTILINE), meanings


def explained(review: Review, text: str | Markup, seen: set[str]) -> Markup:
    """A text in which each abbreviation that the page has not used yet carries its meaning; `seen` remembers them."""
    pattern, meanings = review.derived(_known)

    def mark(match: re.Match[str]) -> str:
        name = match["name"]
        if name is None or name in seen:
            return match[0]
        seen.add(name)
        return Markup('<abbr title="{}">{}</abbr>').format(meanings[name], Markup(match[0]))

    return Markup(pattern.sub(mark, str(escape(text))))
