"""What one build leaves for the next, such as finished pages, each under a key of all that went into it; what is broken counts as none."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

_VERSION = "{version of the site}"


@dataclass(frozen=True)
class Finished:
    """A page as it is served, what the search says of it, where links can point in it, and the day of its change."""

    html: str
    docs: list[dict[str, Any]]
    anchors: list[str]
    changed: str | None


def key(*parts: str | bytes) -> str:
    """A name that two lists of parts share only if they are the same."""
    found = hashlib.sha256()
    for part in parts:
        raw = part.encode() if isinstance(part, str) else part
        found.update(b"%d:" % len(raw) + raw)
    return found.hexdigest()


def page_key(everything: str, path: str, edit: str | None, text: str, version: str | None) -> str:
    """The key of one page: its own text, and the key of what all pages share; the version alone makes no other page."""
    return key(everything, path, edit or "", _without(text, version))


def packed(finished: Finished, version: str | None) -> bytes:
    """The bytes of a finished page, with their own check sum."""
    return sealed(_without(json.dumps(asdict(finished), ensure_ascii=False), version).encode())


def unpacked(raw: bytes, version: str | None) -> Finished | None:
    """The finished page as this version has it; None for bytes that are not whole."""
    body = opened(raw)
    if body is None:
        return None
    text = body.decode()
    return Finished(**json.loads(text.replace(_VERSION, version) if version else text))


def sealed(body: bytes) -> bytes:
    """Some bytes with their own check sum."""
    return f"{key(body)}\n".encode() + body


def opened(raw: bytes) -> bytes | None:
    """The bytes that were sealed; None if they are not whole."""
    told, _, body = raw.partition(b"\n")
    return body if told == key(body).encode() else None


def leave(path: Path, content: bytes) -> None:
    """Writes a file whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_suffix(f".{os.getpid()}")
    new.write_bytes(content)
    new.replace(path)


def _without(text: str, version: str | None) -> str:
    return text.replace(version, _VERSION) if version else text


def plain(value: Any) -> Any:
    """A setting as JSON has it; of an object only what it was given, since its address in memory differs each time."""
    match value:
        case Mapping():
            return {str(name): plain(said) for name, said in value.items()}
        case str() | int() | float() | bool() | None:
            return value
        case list() | tuple() | set() | frozenset():
            return [plain(said) for said in (sorted(value) if isinstance(value, set | frozenset) else value)]
    return [type(value).__qualname__, plain(getattr(value, "config", None))]


def by_page(docs: Iterable[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """What the search says of each page, by the page's address."""
    found: dict[str, list[dict[str, Any]]] = {}
    for doc in docs:
        found.setdefault(doc["location"].partition("#")[0], []).append(doc)
    return found
