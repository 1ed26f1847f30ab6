"""Datasets, downloads and tables: the same rows everywhere."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import jsonschema
import pytest

from build_scripts import exports, review
from build_scripts.rows import DATASETS

WANTED = {
    "trials": "id url verified checked nct acronym title phase status status_as_of enrollment conditions interventions "
    "cancers agents sponsor readouts citations",
    "interventions": "id url verified name class acts_on strategies combinations",
    "families": "id url name of summary members",
    "mechanisms": "id url verified due name family level step phases account conclusions strategies evidence biomarkers",
    "strategies": "id url verified name family stage answers components trials since account evidence",
    "biomarkers": "id url verified name measures assays cutoffs points_to cancers mechanisms evidence",
    "evidence": "id url verified checked reference statement about direction system numbers read cited_by",
    "concepts": "id url name order summary",
    "glossary": "id url verified name group definition symbol hgnc aliases",
    "disagreements": "id url name between positions state answer evidence cite",
    "searches": "id url name date question where queries looks kept",
    "approvals": "id url verified checked agents partners cancer setting line biomarker approved_on pathway events from "
    "to status status_date trials",
    "agents": "id url verified checked inn brands targets antibody_class form_of first_fda_approval",
    "combinations": "id url verified checked",
    "cancers": "id url verified checked",
    "targets": "id url verified checked",
    "corrections": "id url verified checked",
    "reviews": "id url verified checked printed",
}


@pytest.fixture(scope="module")
def files(real: review.Review) -> dict[str, bytes]:
    return exports.files(real)


@pytest.mark.parametrize("name", DATASETS)
def test_json_has_its_fields_and_keeps_its_schema(name: str, files: dict[str, bytes]) -> None:
    data = json.loads(files[f"data/{name}.json"])
    assert set(data) == {"version", "generated_from", "total", "result"}
    assert data["total"] == len(data["result"]) > 0
    assert set(WANTED[name].split()) <= set(data["result"][0])
    schema = json.loads(files[f"data/schema/{name}.json"])
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(data, schema)


@pytest.mark.parametrize("name", DATASETS)
def test_csv_has_the_rows_of_the_json(name: str, files: dict[str, bytes]) -> None:
    rows = list(csv.DictReader(io.StringIO(files[f"data/{name}.csv"].decode())))
    data = json.loads(files[f"data/{name}.json"])["result"]
    assert [row["id"] for row in rows] == [row["id"] for row in data]
    assert set(rows[0]) == set(data[0])


def test_references_in_three_forms(files: dict[str, bytes], real: review.Review) -> None:
    items = json.loads(files["data/references.json"])["result"]
    assert [item["id"] for item in items] == list(real.references)
    assert files["data/references.bib"].decode().count("\n@") + 1 == len(items)
    assert files["data/references.ris"].decode().count("TY  - ") == len(items)


def test_each_record_is_published_as_written(files: dict[str, bytes], real: review.Review) -> None:
    for kind in ("agent", "trial"):
        for id in real.records[kind]:
            assert files[f"data/records/{kind}/{id}.yml"].decode() == real.texts[f"content/{kind}s/{id}.yml"]


def test_small_approval_row(project: Path) -> None:
    row = next(r for r in DATASETS["approvals"].rows(review.load(project)) if r.id == "inventumab:melanoma-later")
    data = exports.dumped(row)
    assert data["from"] == "2020-06-01"
    assert (data["to"], data["status"], data["status_date"]) == ("2021-07-08", "withdrawn", "2021-07-08")
    assert (data["agents"], data["partners"], data["combination"]) == (["inventumab"], [], None)
    assert data["url"] == "agents/inventumab/#use-melanoma-later"
    assert data["verified"] is True


def test_partial_dates_are_never_padded(project: Path) -> None:
    rows = {r.id: exports.dumped(r) for r in DATASETS["approvals"].rows(review.load(project))}
    assert rows["inventumab:melanoma-advanced"]["status_date"] == "2022-05"
    assert rows["inventumab:melanoma-advanced"]["verified"] is False


def test_csv_cells_do_not_run_as_formulas(project: Path) -> None:
    file = project / "content/targets/pd-1.yml"
    file.write_text(file.read_text().replace("name: PD-1", "name: '=HYPERLINK(1)'"))
    text = exports.files(review.load(project))["data/targets.csv"].decode()
    assert "'=HYPERLINK(1)" in text
    assert not any(line.startswith("=") or ",=" in line for line in text.splitlines())
