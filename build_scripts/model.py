"""All kinds of records and vocabularies; from plain values to records, or to what is wrong with them; the JSON Schemas."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from build_scripts.ledger import Agent, Cancer, Combination, Intervention, Target, Trial
from build_scripts.record import Record
from build_scripts.resistance import Biomarker, Concept, Family, Mechanism, Paper, Strategy, Term
from build_scripts.scalars import Text
from build_scripts.source import MOST, Problem, Source, most, suggestion
from build_scripts.sources import Correction, Disagreement, Search, SourceReview

KINDS: dict[str, tuple[str, type[Record]]] = {
    "agent": ("agents", Agent),
    "intervention": ("interventions", Intervention),
    "combination": ("combinations", Combination),
    "trial": ("trials", Trial),
    "cancer": ("cancers", Cancer),
    "target": ("targets", Target),
    "family": ("families", Family),
    "mechanism": ("mechanisms", Mechanism),
    "strategy": ("strategies", Strategy),
    "biomarker": ("biomarkers", Biomarker),
    "paper": ("evidence", Paper),
    "concept": ("concepts", Concept),
    "term": ("glossary", Term),
    "review": ("reviews", SourceReview),
    "correction": ("corrections", Correction),
    "disagreement": ("disagreements", Disagreement),
    "search": ("searches", Search),
}
"""Each kind of record: its folder, which is also its part of the URL, and its type."""

PARTS = ("approval", "evidence")
"""What stands inside a record and is named as `record:part`."""


class VocabularyTerm(Record):
    """One word of a closed vocabulary."""

    name: Text | None = None
    """How readers see it, if not as it stands."""
    description: Text
    """What it means."""


class OutlineEntry(Record):
    """One entry of the outline from which the review was planned."""

    name: Text
    """What it asks for."""
    page: Text | None = None
    """The page that answers it, where no record does."""
    declined: Text | None = None
    """Why nothing will answer it."""


VOCABULARIES: dict[str, type[Record]] = {
    "combination-classes": VocabularyTerm,
    "intervention-classes": VocabularyTerm,
    "lines": VocabularyTerm,
    "markers": VocabularyTerm,
    "modalities": VocabularyTerm,
    "outline": OutlineEntry,
    "publishers": VocabularyTerm,
    "regulators": VocabularyTerm,
    "routes": VocabularyTerm,
    "settings": VocabularyTerm,
    "steps": VocabularyTerm,
    "systems": VocabularyTerm,
}
"""The closed vocabularies, one file each; `publishers` are the hosts that readers get links to, `outline` the yardstick of coverage."""


# From plain values to records


def parse(source: Source, kind: type[Record]) -> Record | tuple[Problem, ...]:
    """The record that a source describes, or every problem that keeps it from being one."""
    if source.value is None:
        return most(source.problems)
    try:
        record = kind.model_validate(source.value)
    except ValidationError as error:
        # What could not be read at a place must not be called missing or empty as well.
        unread = {problem.field for problem in source.problems}
        found = {problem for problem in _explained(source, kind, error) if problem.field not in unread}
        return most(sorted(found.union(source.problems)))
    return most(source.problems) or record


def _explained(source: Source, kind: type[Record], error: ValidationError) -> list[Problem]:
    found = []
    # Sorting and naming what nobody will be told would take minutes in a large wrong file.
    for detail in error.errors(include_url=False, include_context=True)[: 10 * MOST]:
        path = tuple(detail["loc"])
        field = str(path[-1]) if path else ""
        match detail["type"]:
            case "rule":
                message = detail["ctx"]["message"]
            case "missing":
                path = path[:-1]
                message = f"missing field '{field}'{_about(kind, path, field)}"
            case "extra_forbidden":
                known = _fields(kind, path[:-1])
                message = f"unknown field{suggestion(field, known)}"
            case "literal_error":
                given = "nothing" if detail["input"] is None else f"'{detail['input']}'"
                message = f"{given} is not one of {detail['ctx']['expected'].replace(chr(39), '')}"
            case "string_type":
                message = f"expected text, found {_shape(detail['input'])}"
            case "int_type":
                message = f"expected a whole number, found {_shape(detail['input'])}"
            case "tuple_type" | "list_type":
                message = f"expected a list (lines that start with '- '), found {_shape(detail['input'])}"
            case "model_type" | "model_attributes_type" | "dict_type":
                message = f"expected fields (name: value), found {_shape(detail['input'])}"
            case "too_short":
                # Pydantic also counts a row short when the row itself was wrong; that has been said already.
                if len(detail["input"]) >= detail["ctx"]["min_length"]:
                    continue
                least = detail["ctx"]["min_length"]
                message = f"needs at least {'one entry' if least == 1 else f'{least} entries'}"
            case "string_pattern_mismatch":
                message = f"'{detail['input']}' does not have the form {detail['ctx']['pattern']}"
            case _:
                message = detail["msg"]
        found.append(source.problem(path, message))
    return found


def _shape(value: Any) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, dict):
        return "fields"
    return "a list" if isinstance(value, list | tuple) else f"the text '{value}'"


def _model_at(kind: type[Record], path: tuple[str | int, ...]) -> type[Record] | None:
    """The record type that stands at a path of another."""
    model: type[Record] | None = kind
    for step in path:
        if isinstance(step, int) or model is None:
            continue
        field = next((f for n, f in model.model_fields.items() if step in (n, f.alias)), None)
        model = _inner(field.annotation) if field else None
    return model


def _inner(annotation: Any) -> type[Record] | None:
    if isinstance(annotation, type) and issubclass(annotation, Record):
        return annotation
    for argument in getattr(annotation, "__args__", ()):
        if found := _inner(argument):
            return found
    return None


def _fields(kind: type[Record], path: tuple[str | int, ...]) -> list[str]:
    model = _model_at(kind, path)
    return [f.alias or name for name, f in model.model_fields.items()] if model else []


def _about(kind: type[Record], path: tuple[str | int, ...], field: str) -> str:
    model = _model_at(kind, path)
    known = model and next((f for n, f in model.model_fields.items() if field in (n, f.alias)), None)
    return f": {known.description[0].lower()}{known.description[1:].rstrip('.')}" if known and known.description else ""


def schemas() -> dict[str, dict[str, Any]]:
    """The JSON Schema of each kind of record, for editors' tools; lists of known words stand in files of their own."""
    base = "https://json-schema.org/draft/2020-12/schema"
    return {
        name: {"$schema": base, **_pointing(model.model_json_schema(by_alias=True))}
        for name, (_, model) in sorted(KINDS.items())
    }


def _pointing(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_pointing(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    known = schema.get("x-known-in")
    return ({"$ref": f"ids/{known}.json"} if known else {}) | {
        name: _pointing(part) for name, part in schema.items() if name != "x-known-in"
    }
