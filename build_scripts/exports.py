"""The downloads as `{path: bytes}`: every dataset as JSON and CSV with its schema, the references, and each record."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping
from functools import cache
from types import MappingProxyType
from typing import Any

from pydantic_core import to_json

from build_scripts import cite, coverage
from build_scripts.links import SERVED, page_of
from build_scripts.model import KINDS
from build_scripts.review import Review
from build_scripts.row import SCHEMA_VERSION, Dataset, Row
from build_scripts.rows import DATASETS, rows_of

_CSL = {
    "article": "article-journal",
    "book": "book",
    "incollection": "chapter",
    "inproceedings": "paper-conference",
    "misc": "document",
    "techreport": "report",
}
_RIS = {
    "article": "JOUR",
    "book": "BOOK",
    "incollection": "CHAP",
    "inproceedings": "CPAPER",
    "misc": "GEN",
    "techreport": "RPRT",
}


def files(review: Review) -> Mapping[str, bytes]:
    """Every file under `data/`, by its path in the site, made once for a review."""
    return review.derived(_files)


def _files(review: Review) -> Mapping[str, bytes]:
    made: dict[str, bytes] = {}
    for name in DATASETS:
        made.update(review.derived(_dataset, name))
    made.update(review.derived(_references))
    made["data/coverage.json"] = _json(coverage.summary(review))
    for kind in KINDS:
        for id in review.records[kind]:
            made[f"data/records/{kind}/{id}.yml"] = review.texts[review.file((kind, id))].encode()
    return MappingProxyType(dict(sorted(made.items())))


def _dataset(review: Review, name: str) -> dict[str, bytes]:
    """The files of one dataset."""
    rows = [dumped(row) for row in rows_of(review, name)]
    return {
        f"data/{name}.json": envelope(review, rows),
        f"data/{name}.csv": table(DATASETS[name], rows),
        f"data/schema/{name}.json": _schema(name),
    }


@cache
def _schema(name: str) -> bytes:
    return _json(schema(DATASETS[name]))


def _references(review: Review) -> dict[str, bytes]:
    """The references in each form."""
    items = review.references.items()
    return {
        "data/references.json": envelope(review, [csl_row(key, reference, review) for key, reference in items]),
        "data/references.bib": "\n".join(bibtex(key, r) for key, r in items).encode(),
        "data/references.ris": "\r\n".join(ris(key, r) for key, r in items).encode(),
    }


def envelope(review: Review, result: list[dict[str, Any]]) -> bytes:
    """A dataset as JSON: version of the schema, commit, number of rows, rows."""
    return _json(
        {
            "version": SCHEMA_VERSION,
            "generated_from": review.commit.name if review.commit else None,
            "total": len(result),
            "result": result,
        }
    )


def dumped(row: Row) -> dict[str, Any]:
    """A row as plain JSON values, unknown ones null."""
    return row.model_dump(by_alias=True, mode="json")


def schema(dataset: Dataset) -> dict[str, Any]:
    """The JSON Schema of a dataset's file."""
    row = dataset.row.model_json_schema(by_alias=True, mode="serialization", ref_template="#/$defs/{model}")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": dataset.title,
        "type": "object",
        "required": ["version", "generated_from", "total", "result"],
        "properties": {
            "version": {"const": SCHEMA_VERSION},
            "generated_from": {"type": ["string", "null"]},
            "total": {"type": "integer"},
            "result": {"type": "array", "items": {k: v for k, v in row.items() if k != "$defs"}},
        },
        "$defs": row.get("$defs", {}),
    }


def table(dataset: Dataset, rows: Iterable[Mapping[str, Any]]) -> bytes:
    """The dumped rows of a dataset as CSV: lists joined by `; `, nested values as JSON, unknown ones empty."""
    fields = [info.alias or name for name, info in dataset.row.model_fields.items()]
    out = io.StringIO()
    writer = csv.DictWriter(out, fields, lineterminator="\n")
    writer.writeheader()
    for row in rows:
        writer.writerow({name: _cell(value) for name, value in row.items()})
    return out.getvalue().encode()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list) and all(isinstance(v, str) for v in value):
        return _safe("; ".join(value))
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    return _safe(str(value))


def _safe(text: str) -> str:
    # A spreadsheet would run a cell that starts like a formula.
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def _json(data: Any) -> bytes:
    # As json.dumps has it, which would take six times as long.
    return to_json(data, indent=1) + b"\n"


def bibtex(key: str, reference: cite.Reference) -> str:
    """A reference as a BibTeX entry, without our notes on how it was checked."""
    fields = {
        "author": " and ".join(reference.author),
        "title": reference.title,
        **{
            name: getattr(reference, name)
            for name in ("journal", "publisher", "year", "volume", "number", "pages", "doi", "pmid", "url")
        },
    }
    body = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items() if value is not None)
    return f"@{reference.kind}{{{key},\n{body}}}\n"


def csl(key: str, reference: cite.Reference) -> dict[str, Any]:
    """A reference as CSL-JSON."""
    authors = [
        {"family": family, "given": given} if given else {"literal": family} for family, given in cite.names(reference)
    ]
    optional = {
        "container-title": reference.journal,
        "publisher": reference.publisher,
        "volume": reference.volume,
        "issue": reference.number,
        "page": reference.pages and reference.pages.replace("--", "-"),
        "DOI": reference.doi,
        "PMID": reference.pmid,
        "URL": reference.address,
    }
    return {
        "id": key,
        "type": _CSL[reference.kind],
        "title": reference.title,
        "author": authors,
        "issued": {"date-parts": [[reference.year]]},
        **{name: value for name, value in optional.items() if value is not None},
    }


def csl_row(key: str, reference: cite.Reference, review: Review) -> dict[str, Any]:
    """A reference as CSL-JSON, with the fields that every row of our datasets has."""
    return {
        **csl(key, reference),
        "url": SERVED.of(page_of("reference", key)),
        "verified": reference.checked.verified,
        "checked": reference.checked.model_dump(mode="json"),
        "cited_by": [f"{kind}:{id}" for kind, id in review.linked_from.get(("reference", key), ())],
    }


def ris(key: str, reference: cite.Reference) -> str:
    """A reference as RIS."""
    start, _, end = (reference.pages or "").partition("--")
    lines = [("TY", _RIS[reference.kind]), ("ID", key)]
    lines += [("AU", ", ".join(filter(None, pair))) for pair in cite.names(reference)]
    lines += [
        ("TI", reference.title), ("JO", reference.journal), ("PB", reference.publisher), ("PY", str(reference.year)),
        ("VL", reference.volume), ("IS", reference.number), ("SP", start), ("EP", end), ("DO", reference.doi),
        ("AN", reference.pmid), ("UR", reference.address), ("ER", ""),
    ]  # fmt: skip
    return "".join(f"{tag}  - {value}\r\n" for tag, value in lines if value or tag == "ER")
