"""Ids that were renamed (`content/moved.yml`): what they are now, where their old addresses lead, which published ones still resolve."""

from __future__ import annotations

import html
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType

from build_scripts.finish import finished
from build_scripts.links import FOLDER, SERVED, Addresses, anchor_of, page_of, use_anchor
from build_scripts.model import PARTS
from build_scripts.review import MOVED, Named, Review
from build_scripts.source import Problem, suggestion

Place = tuple[str, str]
"""A page by its Markdown path, and an anchor on it; no anchor is the page itself."""

_KINDS = tuple(sorted({*FOLDER, *PARTS, "page"} - {"paper"}))


def now(review: Review, named: Named) -> Named | None:
    """What a renamed record or part of one is called today; None for one that was not renamed."""
    kind, id = named
    if to := review.moved.get(f"{kind}:{id}"):
        return _named(to)
    if kind == "paper" and (to := review.moved.get(f"reference:{id}")):
        return kind, _named(to)[1]
    if kind in PARTS:
        # An approval or evidence item goes with its owner.
        owner, _, part = id.partition(":")
        owners = ("reference",) if kind == "evidence" else ("agent", "combination")
        for to in (review.moved.get(f"{by}:{owner}") for by in owners):
            if to:
                return kind, f"{_named(to)[1]}:{part}"
    return None


def renamed(review: Review, kind: str, id: str) -> str:
    """What to tell an editor who uses an old id; empty where the id was not renamed."""
    to = now(review, (kind, id))
    return f"; it was renamed to '{to[1]}'" if to else ""


def place(review: Review, named: Named) -> Place:
    """Where a record, or a part of one, stands or stood."""
    kind, id = named
    if kind == "page":
        return f"{id}.md", ""
    if kind == "approval":
        owner, _, part = id.partition(":")
        by = "agent" if owner in review.agents or f"agent:{owner}" in review.moved else "combination"
        return page_of(by, owner), use_anchor(part)
    return page_of(kind, id), anchor_of(kind, id)


def redirects(review: Review) -> Mapping[str, str]:
    """The pages that moved: old Markdown path to new."""
    return review.derived(_moves)[0]


def stubs(review: Review, page: str) -> tuple[tuple[str, Place, str], ...]:
    """The old anchors that a page must keep for links from elsewhere: anchor, where it leads now, and the new id."""
    return review.derived(_moves)[1].get(page, ())


def _moves(review: Review) -> tuple[Mapping[str, str], Mapping[str, tuple[tuple[str, Place, str], ...]]]:
    places = [
        (place(review, _named(old)), place(review, _named(new)), new) for old, new in sorted(review.moved.items())
    ]
    pages = {page: to[0] for (page, anchor), to, _ in places if not anchor}
    anchors: dict[str, tuple[tuple[str, Place, str], ...]] = {}
    for (page, anchor), to, new in places:
        # Its page may have moved as well; the redirect there keeps the anchor of the link.
        home = pages.get(page, page)
        if anchor and (home, anchor) != to:
            anchors[home] = (*anchors.get(home, ()), (anchor, to, _named(new)[1]))
    return MappingProxyType(pages), MappingProxyType(anchors)


def files(
    review: Review, addresses: Addresses = SERVED, site_url: str | None = None, guarded: bool = False
) -> dict[str, bytes]:
    """A small page at each address that moved, by its path in the site."""
    found = {}
    for old, new in redirects(review).items():
        at = addresses.of(old)
        path = f"{at}index.html" if at.endswith("/") or not at else at
        canonical = f"{site_url.rstrip('/')}/{addresses.of(new)}" if site_url else None
        found[path] = redirect(addresses.between(old, new), canonical, guarded).encode()
    return found


def redirect(to: str, canonical: str | None = None, guarded: bool = False) -> str:
    """A page that leads on, with the anchor of the link where scripts run, at once without them, and by hand."""
    to = html.escape(to)
    known = f'<link rel="canonical" href="{html.escape(canonical)}">' if canonical else ""
    # The address stands in the link only, so that the policy can name one script for all these pages.
    page = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Moved</title>'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,">{known}'
        # With scripts a refresh could overtake them, and it would lose the anchor.
        f'<noscript><meta http-equiv="refresh" content="0; url={to}"></noscript></head><body>'
        f'<h1>Moved</h1><p>This page now stands at <a href="{to}">its new address</a>.</p>'
        "<p>It is not medical advice.</p>"
        "<script>location.replace(document.links[0].href + location.hash)</script></body></html>\n"
    )
    return finished(page, guarded)


def published(review: Review, paths: Iterable[str]) -> tuple[str, ...]:
    """Every address that a reader may have kept: all pages, and the rows that have an anchor of their own."""
    rows = [("approval", id) for id in review.uses]
    rows += [("evidence", id) for id in review.evidence]
    rows += [("term", id) for id in review.terms]
    found = {SERVED.of(path) or "./" for path in paths}
    found |= {f"{SERVED.of(page)}#{anchor}" for page, anchor in (place(review, row) for row in rows)}
    return tuple(sorted(found))


def gone(review: Review, paths: Iterable[str], links: Iterable[str]) -> tuple[str, ...]:
    """The addresses that lead nowhere any more: neither there nor redirected."""
    there = set(published(review, paths))
    moves = {SERVED.of(old): SERVED.of(new) for old, new in redirects(review).items()}
    kept = {f"{SERVED.of(page)}#{stub[0]}" for page, found in review.derived(_moves)[1].items() for stub in found}
    found = []
    for link in links:
        page, mark, anchor = link.partition("#")
        to = f"{moves.get(page, page)}{mark}{anchor}"
        if not {to, link} & (there | kept):
            found.append(link)
    return tuple(found)


def said(link: str) -> str:
    """What to do about an address that is gone."""
    return f"{link}: this address was published and is gone: add the old and the new id to {MOVED}"


def problems(review: Review, paths: Iterable[str]) -> Iterator[Problem]:
    """A renamed id leads to one that exists, and is never used again."""
    pages = {path.removesuffix(".md") for path in paths}
    for old, new in review.moved.items():
        for name in (old, new):
            if (kind := _named(name)[0]) not in _KINDS:
                near = suggestion(kind, _KINDS)
                yield review.problem(("moved", ""), (old,), f"no kind of record is called '{kind}'{near}")
                break
        else:
            if _is_there(review, _named(old), pages):
                yield review.problem(("moved", ""), (old,), f"'{old}' is in use again; an old id is never used twice")
            if new in review.moved:
                yield review.problem(("moved", ""), (old,), f"'{new}' was renamed too; write '{review.moved[new]}'")
            elif not _is_there(review, _named(new), pages):
                near = suggestion(_named(new)[1], review.ids(_named(new)[0]), most=0)
                yield review.problem(("moved", ""), (old,), f"there is no '{new}'{near}")


def _is_there(review: Review, named: Named, pages: set[str]) -> bool:
    kind, id = named
    return id in pages if kind == "page" else not review.lacks((kind,), id)


def _named(name: str) -> Named:
    kind, _, id = name.partition(":")
    return kind, id
