"""What changed as Atom and JSON Feed: everything, what regulators did, and each cancer."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid5
from xml.etree import ElementTree as xml

from build_scripts import pages
from build_scripts.changelog import Log, told
from build_scripts.changes import Change
from build_scripts.linked_data import CONTENT_LICENCE, NAME
from build_scripts.links import SERVED, Addresses
from build_scripts.review import Review

MOST = 100
"""A feed holds the newest days, up to as many items as these."""
_OURS = UUID("3d0a0b3e-6a44-4c0c-9d44-6f4b1b0c7e52")
"""Under this name every feed and item has its id, which is the same in each build and wherever the site stands."""
_ATOM = "http://www.w3.org/2005/Atom"


@dataclass(frozen=True)
class Item:
    """One item of a feed: a record or approved use on one day, or many at once."""

    id: str
    day: str
    title: str
    lines: tuple[str, ...]
    address: str
    """The page that it is about, from the root of the site."""


@dataclass(frozen=True)
class Feed:
    """A feed with the place of its files, without their ending, and the page that shows the same."""

    path: str
    title: str
    page: str
    newest: str
    """The newest day on which anything changed, for a feed without an item."""
    items: tuple[Item, ...]

    @property
    def updated(self) -> str:
        """The day of its newest item."""
        return self.items[0].day if self.items else self.newest

    @property
    def id(self) -> str:
        """Its id, the same for ever."""
        return uuid5(_OURS, self.path).urn


def files(review: Review, log: Log, addresses: Addresses = SERVED, site_url: str | None = None) -> dict[str, bytes]:
    """Every feed by the path of its file; none where nobody knows what changed, since an empty feed would say nothing did."""
    made: dict[str, bytes] = {}
    for feed in feeds(review, log, addresses) if log.days else ():
        made[f"{feed.path}.xml"] = atom(feed, addresses, site_url)
        made[f"{feed.path}.json"] = json_feed(feed, addresses, site_url)
    return made


def feeds(review: Review, log: Log, addresses: Addresses = SERVED) -> list[Feed]:
    """All feeds with their items."""

    def feed(path: str, title: str, page: str, keep: Any) -> Feed:
        days = ((day.date, [change for change in day.changes if keep(change)]) for day in log.days)
        items = [item for day, changes in days for item in _items(review, path, day, changes, addresses)]
        return Feed(path, title, page, log.days[0].date, tuple(items[:MOST]))

    return [
        feed("feeds/all", f"{NAME}: what changed", "changes.md", lambda change: True),
        feed("feeds/approvals", f"{NAME}: approved uses", "approvals/index.md", lambda change: change.use),
        *(
            feed(f"feeds/cancers/{id}", f"{NAME}: {cancer.name}", f"cancers/{id}.md", _about(id))
            for id, cancer in review.cancers.items()
        ),
    ]


def _about(cancer: str) -> Any:
    return lambda change: cancer in change.cancers


def _items(review: Review, feed: str, day: str, changes: Sequence[Change], addresses: Addresses) -> Iterable[Item]:
    for entry in told(changes):
        name, place = pages.entry_name(review, entry)
        title = name if entry.id else pages.ENTRY_TITLES[entry.kind]
        more = len(entry.lines) - 1
        title += f": {entry.lines[0]}{f', and {more} more' if more else ''}"
        # What is counted differs from feed to feed; what is told of one record is the same item in each.
        about = f"{entry.kind}:{entry.id}" if entry.id else f"{feed} {entry.kind} {entry.what}"
        page, anchor = place or ("changes.md", f"day-{day}")
        address = addresses.of(page) + (f"#{anchor}" if anchor else "")
        yield Item(uuid5(_OURS, f"{day} {about}").urn, day, title, entry.lines, address)


def atom(feed: Feed, addresses: Addresses, site_url: str | None) -> bytes:
    """A feed as RFC 4287 has it; its links are relative to its own place where the site has no address."""
    root = xml.Element("feed", {"xmlns": _ATOM, "xml:lang": "en"})
    here = f"{feed.path}.xml"
    _say(root, "id", feed.id)
    _say(root, "title", feed.title)
    _say(root, "updated", _time(feed.updated))
    _say(xml.SubElement(root, "author"), "name", f"{NAME} contributors")
    _say(root, "rights", f"CC BY 4.0, {CONTENT_LICENCE}")
    if site_url:
        link = {"rel": "self", "type": "application/atom+xml", "href": _address(here, here, site_url)}
        xml.SubElement(root, "link", link)
    page = _address(here, addresses.of(feed.page), site_url)
    xml.SubElement(root, "link", {"rel": "alternate", "type": "text/html", "href": page})
    for item in feed.items:
        entry = xml.SubElement(root, "entry")
        _say(entry, "id", item.id)
        _say(entry, "title", item.title)
        _say(entry, "updated", _time(item.day))
        xml.SubElement(entry, "link", {"rel": "alternate", "href": _address(here, item.address, site_url)})
        _say(entry, "content", "\n".join(item.lines)).set("type", "text")
    xml.indent(root)
    return xml.tostring(root, encoding="utf-8", xml_declaration=True) + b"\n"


def json_feed(feed: Feed, addresses: Addresses, site_url: str | None) -> bytes:
    """A feed as JSON Feed 1.1, whose addresses are whole or left out."""
    site = (
        {"home_page_url": _address("", addresses.of(feed.page), site_url), "feed_url": _address("", f"{feed.path}.json", site_url)}
        if site_url else {}
    )  # fmt: skip
    items = [
        {
            "id": item.id,
            **({"url": _address("", item.address, site_url)} if site_url else {}),
            "title": item.title,
            "content_text": "\n".join(item.lines),
            "date_published": _time(item.day),
        }
        for item in feed.items
    ]
    told_ = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        **site,
        "language": "en",
        "authors": [{"name": f"{NAME} contributors"}],
        "items": items,
    }
    return (json.dumps(told_, ensure_ascii=False, indent=1) + "\n").encode()


def _address(here: str, to: str, site_url: str | None) -> str:
    """The whole address of a file of the site, or the relative one from another file."""
    return f"{site_url.rstrip('/')}/{to}" if site_url else "../" * here.count("/") + to


def _time(day: str) -> str:
    return f"{day}T00:00:00Z"


def _say(parent: xml.Element, tag: str, text: str) -> xml.Element:
    child = xml.SubElement(parent, tag)
    child.text = text
    return child
