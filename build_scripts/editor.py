"""What helps whoever types a record: schemas with every id there is, and a commented start for each kind."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from build_scripts import history, model, whole
from build_scripts.model import KINDS, VOCABULARIES
from build_scripts.review import Review

EMPTY = '{"type": "string"}\n'
"""A list of ids as the repository keeps it: it says nothing, so that a new record changes no schema."""

CLEAN = f"echo '{EMPTY.strip()}'"
"""What git is told to see in the lists, however this clone has filled them (`.gitattributes`)."""

FEW = 14
"""How many words of a vocabulary a template names before it points to the file."""


# Lists of ids


def lists() -> tuple[str, ...]:
    """The names of the lists to which the schemas point."""
    return tuple(sorted(set(re.findall(r'"ids/([a-z-]+)\.json"', json.dumps(model.schemas())))))


def ids(review: Review, name: str) -> dict[str, str]:
    """Each word of a list, with what it stands for."""
    if name in VOCABULARIES:
        terms = review.vocabularies[name]
        return {term: str(getattr(said, "description", "") or said.name) for term, said in terms.items()}
    match name:
        case "record":
            kinds: tuple[str, ...] = (*KINDS, "approval", "evidence", "reference")
        case "subject":
            kinds = ("mechanism", "strategy", "biomarker")
        case _:
            return {id: _label(review, kind, id) for kind in name.split("-or-") for id in review.ids(kind)}
    return {f"{kind}:{id}": _label(review, kind, id) for kind in kinds for id in review.ids(kind)}


def _label(review: Review, kind: str, id: str) -> str:
    record = review.get(kind, id)
    match kind:
        case "approval":
            return str(record.approval.population)
        case "evidence":
            return str(record.statement)
        case "reference":
            return f"{record.label}: {record.title}"
    return str(record.label)


def filled(review: Review) -> dict[str, str]:
    """The lists with every id of this review, by path."""
    found = {}
    for name in lists():
        known = ids(review, name)
        schema = {"type": "string", "enum": list(known), "enumDescriptions": list(known.values())}
        # A list of nothing would refuse everything.
        found[_path(name)] = json.dumps(schema, ensure_ascii=False, indent=0) + "\n" if known else EMPTY
    return found


def fill(root: Path, review: Review) -> bool:
    """Writes the lists with every id of this review, unseen by git; False if there is no git to tell."""
    for path, text in filled(review).items():
        whole.write(root / path, text.encode())
    return history.see_cleaned(root, "ids", CLEAN, "schema/ids")


def refresh(root: Path, review: Review) -> None:
    """Brings the lists of a clone that has asked for them up to date; a disk that refuses is no reason to stop."""
    try:
        kept = {path: (root / path).read_text(encoding="utf-8") for path in map(_path, lists())}
        if set(kept.values()) != {EMPTY} and kept != filled(review):
            fill(root, review)
    except OSError:
        return


def _path(name: str) -> str:
    return f"schema/ids/{name}.json"


# Files of the repository


def files(vocabularies: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    """The schemas, the empty lists and the templates, by path."""
    made = {
        f"schema/{name}.json": json.dumps(schema, ensure_ascii=False, indent=2) + "\n"
        for name, schema in model.schemas().items()
    }
    made |= {_path(name): EMPTY for name in lists()}
    return made | {f"schema/templates/{kind}.yml": template(kind, vocabularies) for kind in sorted(KINDS)}


# Templates


def template(kind: str, vocabularies: Mapping[str, Mapping[str, Any]]) -> str:
    """A record of a kind to be filled in: every field with what it means, what it must be, and whether it may be left out."""
    schema = model.schemas()[kind]
    named = {
        "trial": "its registry number",
        "paper": "the key of its reference in references.bib",
    }.get(kind, "its id: lowercase words and hyphens, never changed")
    head = [
        f"# yaml-language-server: $schema=../../schema/{kind}.json",
        f"# {schema['description']}",
        f"# The file is content/{KINDS[kind][0]}/<id>.yml, named by {named}.",
        "# Fill in what is empty. What stands behind # may be left out: take the # away to use it.",
    ]
    return "\n".join([*head, *_fields(schema, schema.get("$defs", {}), vocabularies)]) + "\n"


_LAST = ("source", "also", "checked")


def _fields(
    schema: Mapping[str, Any], defs: Mapping[str, Any], vocabularies: Mapping[str, Mapping[str, Any]]
) -> Iterator[str]:
    """The lines of the fields of one record or row: what is needed, then what is not, where it comes from last."""
    needed = {*schema.get("required", ()), *schema.get("x-start", ())}
    order = sorted(schema["properties"], key=lambda name: (name in _LAST, name not in needed))
    for name in order:
        mark = "" if name in needed else "# "
        for line in _field(name, schema["properties"][name], defs, vocabularies):
            yield mark + line


def _field(
    name: str, said: Mapping[str, Any], defs: Mapping[str, Any], vocabularies: Mapping[str, Mapping[str, Any]]
) -> Iterator[str]:
    node = _plain(said, defs)
    words = str(said.get("description") or node.get("description", "")).rstrip(".")
    item = _plain(node["items"], defs) if node.get("type") == "array" else None
    if item is not None and "properties" not in item:
        hint = _hint(item, vocabularies)
        least = f", {node['minItems']} at least" if node.get("minItems") else ""
        yield f"{name}: []  # {words}. A list{least}{f': {hint}' if hint else ''}"
    elif item is not None:
        yield f"{name}:  # {words}"
        first, *rest = _fields(item, defs, vocabularies)
        for _ in range(max(1, node.get("minItems", 1))):
            yield f"  - {first}"
            yield from (f"    {line}" for line in rest)
    elif "properties" in node:
        yield f"{name}:  # {words}"
        yield from (f"  {line}" for line in _fields(node, defs, vocabularies))
    elif node.get("type") == "object":
        yield f"{name}: {{}}  # {words}"
    else:
        hint = _hint(node, vocabularies)
        yield f"{name}:  # {words}{f'. {hint[0].upper()}{hint[1:]}' if hint else ''}"


def _plain(node: Mapping[str, Any], defs: Mapping[str, Any]) -> Mapping[str, Any]:
    """What stands behind a reference inside the schema, and beside `or nothing`."""
    if str(node.get("$ref", "")).startswith("#/$defs/"):
        return _plain(defs[node["$ref"].removeprefix("#/$defs/")], defs)
    for key in ("anyOf", "allOf"):
        if key in node:
            return _plain(next(part for part in node[key] if part.get("type") != "null"), defs)
    return node


def _hint(node: Mapping[str, Any], vocabularies: Mapping[str, Mapping[str, Any]]) -> str:
    """What a value must be, as far as the schema says."""
    if "enum" in node:
        return f"one of: {', '.join(node['enum'])}"
    known = str(node.get("$ref", "")).removeprefix("ids/").removesuffix(".json")
    if known in vocabularies:
        words = list(vocabularies[known])
        named = f": {', '.join(words)}" if 0 < len(words) <= FEW else ""
        return f"a word of content/vocabularies/{known}.yml{named}"
    kinds = known.split("-or-") if known else []
    if kinds and all(kind in KINDS for kind in kinds):
        return f"an id of {' or '.join(f'content/{KINDS[kind][0]}/' for kind in kinds)}"
    if known == "reference":
        return "a key of references.bib"
    if node.get("examples"):
        return f"such as {node['examples'][0]}"
    return "a whole number" if node.get("type") == "integer" else ""
