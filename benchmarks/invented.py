"""Invented records: seeded twins of all that we hold, alike in shape and length, that say in words what they are."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping
from copy import deepcopy
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import urlsplit

import yaml

from build_scripts.model import KINDS, Record
from build_scripts.review import BIBLIOGRAPHY, CONTENT, Named, Review, load
from build_scripts.scalars import NCT, RecordRef, Ref

_Dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)

WORDS = ("lorem", "ipsum", "dolor", "sit", "amet", "consectetur", "adipiscing", "elit", "tempor", "labore", "aliqua")

# Fields whose texts are replaced even where they are one word; a text with a space always is.
NAMES = ("name", "aliases", "acronym", "inn", "proper_name", "brands", "brand", "applicant", "sponsor", "arms")


def add(root: Path, scale: int, trials: int = 0, seed: int = 1) -> tuple[int, int]:
    """Writes `scale - 1` twins of every record, with what they cite, under `root`, or twins of trials only until there are
    so many; how many records and references there are then."""
    review = load(root)
    assert not review.reading, "invent only beside a review that reads without a problem"
    assert not trials or trials >= len(review.trials), "there are more trials already"
    entries: list[str] = []
    missing = max(trials - len(review.trials), 0)
    for copy in range(1, scale if not trials else 2 + (missing - 1) // len(review.trials)):
        ids = _ids(review, copy)
        if trials:
            ids = {named: id for named, id in ids.items() if named[0] == "trial"}
            ids = dict(list(ids.items())[: missing - (copy - 1) * len(review.trials)])
        random = Random(f"{seed}, copy {copy}")
        for named, record in review.owners():
            if named not in ids:
                continue
            kind, _ = named
            twin = _twin(review.sources[named].value, record, ids, ids[named], random)
            if kind == "reference":
                entries.append(_entry(ids[named], twin))
            else:
                text = yaml.dump(twin, Dumper=_Dumper, allow_unicode=True, sort_keys=False, default_flow_style=None)
                (root / CONTENT / KINDS[kind][0] / f"{ids[named]}.yml").write_text(text, encoding="utf-8")
    with (root / BIBLIOGRAPHY).open("a", encoding="utf-8") as bibliography:
        bibliography.writelines(entries)
    records = sum(map(len, review.records.values()))
    return records + missing if trials else scale * records, len(review.references) + len(entries)


def _ids(review: Review, copy: int) -> dict[Named, str]:
    """The id of each record's twin: a number that no registry has given out, or a name that says what it is."""
    ids: dict[Named, str] = {}
    for number, (named, _) in enumerate(review.owners()):
        serial = f"{copy:02}{number:05}"
        match named:
            case ("trial", _):
                ids[named] = f"NCT9{serial}"
            # A paper that only the narrative cites gets no twin: nothing would cite that.
            case ("reference", key) if any(kind != "page" for kind, _ in review.linked_from.get(named, ())):
                ids[named] = f"invented{review.references[key].year}n{serial}"
            case (kind, id) if kind != "reference":
                ids[named] = f"invented-{copy}-{id}"
    return ids


def _twin(plain: Any, record: Record, ids: Mapping[Named, str], id: str, random: Random) -> Any:
    """The plain values of a record with its pointers turned to twins and its words, addresses and numbers invented."""
    twin = deepcopy(plain)
    for path, leaf in record.leaves:
        if not isinstance(leaf, str):
            continue
        *above, last = path
        place = twin
        for step in above:
            place = place[step]
        field = last if isinstance(last, str) else str(above[-1])
        place[last] = _renamed(leaf, ids) if isinstance(leaf, Ref) else _invented(leaf, field, ids, id, random)
    return twin


def _renamed(ref: Ref, ids: Mapping[Named, str]) -> str:
    """A pointer to the twin of what it pointed to; a partner has none and stays."""
    kinds, id = ref.target
    owner, colon, approval = id.partition(":")
    searched = ("agent", "combination") if kinds == ("approval",) else kinds
    twin = next((ids[kind, owner] for kind in searched if (kind, owner) in ids), owner)
    return f"{f'{kinds[0]}:' if isinstance(ref, RecordRef) else ''}{twin}{colon}{approval}"


def _invented(leaf: str, field: str, ids: Mapping[Named, str], id: str, random: Random) -> str:
    """A value of the same form that says nothing; words of vocabularies, dates and results stay."""
    if field == "doi":
        return f"10.5555/{id}"
    if field == "pmid":
        return f"9{id[-7:]}"  # the serial number
    if field == "author":
        return leaf if leaf == "others" else f"Invented, {random.choice(WORDS).capitalize()}"
    numbers = [ids["trial", number] for number in NCT.findall(leaf.upper()) if ("trial", number) in ids]
    if leaf.startswith(("https://", "http://")):
        parts = urlsplit(leaf)
        return "/".join([f"{parts.scheme}://{parts.netloc}/invented/{zlib.crc32(leaf.encode()):08x}", *numbers])
    if type(leaf) is not str or field == "kind" or not (" " in leaf or field in NAMES or numbers):
        return str(leaf)
    return " ".join([*_words(len(leaf) - 12 * len(numbers), random), *numbers])


def _words(length: int, random: Random) -> Iterator[str]:
    """Words that together are about as long as asked, the first of which says what they are."""
    yield "Invented"
    length -= len("Invented")
    while length > 0:
        word = random.choice(WORDS)
        length -= len(word) + 1
        yield word


def _entry(key: str, reference: Mapping[str, Any]) -> str:
    """A reference as an entry of our bibliography, with the notes on how it was checked."""
    fields = {name.replace("check_note", "note-check"): value for name, value in reference.items()}
    kind, checked = fields.pop("kind"), fields.pop("checked")
    fields["author"] = " and ".join(fields["author"])
    fields |= {name if name == "unverified" else f"checked-{name.replace('_', '-')}": v for name, v in checked.items()}
    body = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items())
    return f"\n@{kind}{{{key},\n{body}}}\n"
