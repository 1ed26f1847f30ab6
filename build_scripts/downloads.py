"""What can be downloaded: each dataset with its files and sizes, and a Frictionless Data Package that describes them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from markupsafe import Markup

from build_scripts import exports
from build_scripts.columns import Column, Page
from build_scripts.review import CONTENT, Review
from build_scripts.row import SCHEMA_VERSION, Dataset
from build_scripts.rows import DATASETS, rows_of

LICENCE = {
    "name": "CC-BY-4.0",
    "title": "Creative Commons Attribution 4.0",
    "path": "https://creativecommons.org/licenses/by/4.0/",
}
PACKAGE = "data/datapackage.json"
_MEDIA = {
    "csv": "text/csv",
    "json": "application/json",
    "bib": "application/x-bibtex",
    "ris": "application/x-research-info-systems",
}


@dataclass(frozen=True)
class Download:
    """One dataset: how many rows and fields it has, and the bytes of each of its files by the file's path."""

    id: str
    title: str
    rows: int
    fields: int | None
    sizes: Mapping[str, int]


def downloads(review: Review, files: Mapping[str, bytes]) -> list[Download]:
    """Every dataset, and the references at the end."""
    found = [
        Download(name, dataset.title, len(rows_of(review, name)), len(dataset.row.model_fields), _sizes(files, name))
        for name, dataset in DATASETS.items()
    ]
    return [*found, Download("references", "References", len(review.references), None, _sizes(files, "references"))]


def _sizes(files: Mapping[str, bytes], name: str) -> dict[str, int]:
    return {
        path: len(content) for path, content in files.items() if path.endswith(f"/{name}.{path.rpartition('.')[2]}")
    }


def size(bytes_: int) -> str:
    """A size as readers know it."""
    return f"{bytes_ / 1024:.0f} KiB" if bytes_ >= 1024 else f"{bytes_} bytes"


def _file(title: str, path: str) -> Column:
    def cell(page: Page, row: Download) -> Markup | str:
        at = path.format(row.id)
        return Markup('<a href="{}">{}</a>').format(page.url(at), size(row.sizes[at])) if at in row.sizes else "–"

    return Column(title, cell, sort=lambda row: str(row.sizes.get(path.format(row.id), "")))


DOWNLOAD_COLUMNS = (
    Column("Dataset", lambda page, row: row.title),
    Column("Rows", lambda page, row: str(row.rows)),
    Column("Fields", lambda page, row: str(row.fields) if row.fields else "CSL-JSON"),
    _file("JSON", "data/{}.json"),
    _file("CSV", "data/{}.csv"),
    _file("JSON Schema", "data/schema/{}.json"),
    _file("BibTeX", "data/{}.bib"),
    _file("RIS", "data/{}.ris"),
)
"""The files of the datasets."""


def files(review: Review) -> dict[str, bytes]:
    """Every file under `data/`, with the package that describes the datasets."""
    made = exports.files(review)
    return {**made, PACKAGE: package(review, made)}


def package(review: Review, files: Mapping[str, bytes]) -> bytes:
    """The descriptor of all datasets as a Frictionless Data Package, its paths beside its own."""
    home = review.prose.get(f"{CONTENT}/index.md")
    resources = []
    for path, content in files.items():
        folder, _, name = path.rpartition("/")
        stem, _, ending = name.partition(".")
        if folder != "data" or ending not in _MEDIA:
            continue
        dataset = DATASETS.get(stem)
        resource: dict[str, Any] = {
            "name": f"{stem}-{ending}",
            "title": dataset.title if dataset else "References",
            "path": name,
            "format": ending,
            "mediatype": _MEDIA[ending],
            "encoding": "utf-8",
            "bytes": len(content),
            "hash": f"sha256:{hashlib.sha256(content).hexdigest()}",
        }
        if dataset and ending == "csv":
            resource |= {"profile": "tabular-data-resource", "schema": table_schema(dataset)}
        resources.append(resource)
    described = {
        "profile": "data-package",
        "name": "icb-resistance",
        **({"title": home.title} if home and home.title else {}),
        "version": SCHEMA_VERSION,
        **({"created": f"{review.commit.day}T00:00:00Z"} if review.commit else {}),
        "licenses": [LICENCE],
        "resources": resources,
    }
    return (json.dumps(described, ensure_ascii=False, indent=1) + "\n").encode()


@cache
def table_schema(dataset: Dataset) -> dict[str, Any]:
    """The fields of a dataset's CSV file as a Table Schema: lists of words are one text, what is nested is JSON."""
    given = dataset.row.model_json_schema(by_alias=True, mode="serialization")
    fields = [
        {"name": name, "type": _type(said, given.get("$defs", {})), "description": said["description"]}
        for name, said in given["properties"].items()
    ]
    fields[0]["constraints"] = {"required": True, "unique": True}
    return {"fields": fields, "primaryKey": "id", "missingValues": [""]}


def _type(said: dict[str, Any], known: Mapping[str, Any]) -> str:
    kinds = [s for s in said.get("anyOf", [said]) if s.get("type") != "null"]
    kind = kinds[0]
    if "$ref" in kind:
        return _type(known[kind["$ref"].rpartition("/")[2]], known)
    if kind.get("type") == "array":
        return "string" if _type(kind["items"], known) == "string" else "array"
    return str(kind.get("type", "string"))
