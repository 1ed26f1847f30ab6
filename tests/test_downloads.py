"""The data package describes the files that are there, and the archive of the whole site opens from disk."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from browsers import needs_browser
from conftest import ROOT
from sites import ENVIRONMENT, commit_all, small_site

from build_scripts import archive, downloads, review

# What https://specs.frictionlessdata.io/ asks of a data package, a tabular resource and a Table Schema.
NAME = {"type": "string", "pattern": "^[-a-z0-9._/]+$"}
SPECIFICATION: dict[str, Any] = {
    "type": "object",
    "required": ["resources", "name", "licenses", "version", "profile"],
    "properties": {
        "name": NAME,
        "profile": {"const": "data-package"},
        "title": {"type": "string"},
        "version": {"type": "string"},
        "created": {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$"},
        "licenses": {"type": "array", "minItems": 1, "items": {"type": "object", "anyOf": [{"required": ["name"]}, {"required": ["path"]}]}},
        "resources": {
            "type": "array",
            "minItems": 15,
            "items": {
                "type": "object",
                "required": ["name", "path"],
                "properties": {
                    "name": NAME,
                    "path": {"type": "string", "pattern": r"^(?!/)(?!.*\.\.)[^\\]+$"},
                    "bytes": {"type": "integer"},
                    "schema": {
                        "type": "object",
                        "required": ["fields"],
                        "properties": {
                            "fields": {
                                "type": "array",
                                "minItems": 1,
                                "items": {
                                    "type": "object",
                                    "required": ["name", "type", "description"],
                                    "properties": {"type": {"enum": ["string", "number", "integer", "boolean", "object", "array"]}},
                                },
                            }
                        },
                    },
                },
                "if": {"properties": {"profile": {"const": "tabular-data-resource"}}, "required": ["profile"]},
                "then": {"required": ["schema"]},
            },
        },
    },
}  # fmt: skip
READ: dict[str, Any] = {
    "string": str, "number": float, "integer": int, "boolean": {"true": True, "false": False}.__getitem__,
    "object": json.loads, "array": json.loads,
}  # fmt: skip


@pytest.fixture(scope="module")
def files(real: review.Review) -> dict[str, bytes]:
    return downloads.files(real)


@pytest.fixture(scope="module")
def package(files: dict[str, bytes]) -> dict[str, Any]:
    return json.loads(files[downloads.PACKAGE])


def test_the_package_keeps_the_specification(package: dict[str, Any]) -> None:
    jsonschema.validate(package, SPECIFICATION)
    names = [resource["name"] for resource in package["resources"]]
    assert len(names) == len(set(names))
    assert package["title"] == "ICB Resistance: a living review"


def test_every_resource_is_the_file_that_is_there(package: dict[str, Any], files: dict[str, bytes]) -> None:
    assert {f"data/{r['path']}" for r in package["resources"]} == {
        path for path in files if path.count("/") == 1 and path != downloads.PACKAGE
    }
    for resource in package["resources"]:
        content = files[f"data/{resource['path']}"]
        assert resource["bytes"] == len(content)
        assert resource["hash"] == f"sha256:{hashlib.sha256(content).hexdigest()}"


def test_every_value_is_of_the_type_that_its_field_says(package: dict[str, Any], files: dict[str, bytes]) -> None:
    tables = [resource for resource in package["resources"] if "schema" in resource]
    assert len(tables) >= 8
    for resource in tables:
        fields = resource["schema"]["fields"]
        header, *rows = csv.reader(io.StringIO(files[f"data/{resource['path']}"].decode()))
        assert header == [field["name"] for field in fields]
        assert rows
        assert len({row[0] for row in rows}) == len(rows)
        for row in rows:
            for field, value in zip(fields, row, strict=True):
                if value:
                    read = READ[field["type"]](value)
                    assert field["type"] != "array" or isinstance(read, list), (resource["name"], field["name"])
                    assert field["type"] != "object" or isinstance(read, dict), (resource["name"], field["name"])


def test_the_data_page_tells_sizes_and_rows(site: Path, real: review.Review, files: dict[str, bytes]) -> None:
    page = (site / "data/index.html").read_text(encoding="utf-8")
    for row in downloads.downloads(real, files):
        assert row.sizes
        for path, bytes_ in row.sizes.items():
            assert f'href="{path.removeprefix("data/")}">{downloads.size(bytes_)}</a>' in page
            assert (site / path).stat().st_size == bytes_
    assert "creativecommons.org/licenses/by/4.0" in page
    assert (site / downloads.PACKAGE).is_file()


def test_equal_files_give_an_equal_archive() -> None:
    one = archive.zipped({"a": b"1", "b/c": b"2"}, 1_700_000_000, "top")
    assert one == archive.zipped({"b/c": b"2", "a": b"1"}, 1_700_000_000, "top")
    packed = zipfile.ZipFile(io.BytesIO(one))
    assert packed.namelist() == ["top/a", "top/b/c"]
    assert packed.infolist()[0].date_time == (2023, 11, 14, 22, 13, 20)
    assert zipfile.ZipFile(io.BytesIO(archive.zipped({"a": b""}, None, "t"))).infolist()[0].date_time[0] == 1980


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The small site with its archive, made twice by the command, in two places."""
    made = []
    for name in ("one", "two"):
        project = small_site(tmp_path_factory.mktemp("archive") / name)
        shutil.copytree(ROOT / "build_scripts", project / "build_scripts", ignore=shutil.ignore_patterns("__pycache__"))
        config = project / "mkdocs.yml"
        config.write_text(config.read_text().replace(str(ROOT / "build_scripts"), "build_scripts"))
        (project / ".gitignore").write_text("site/\n.site-*\n__pycache__/\n")
        commit_all(project)
        done = subprocess.run([sys.executable, "-m", "build_scripts", "site"], cwd=project, env=ENVIRONMENT, capture_output=True, text=True, check=False)  # fmt: skip
        assert done.returncode == 0, done.stderr
        assert [p.name for p in project.glob(".site-*")] == []
        made.append(project / "site")
    return made


def test_the_archive_is_linked_and_the_same_for_equal_commits(built: list[Path]) -> None:
    one, two = ((site / "data/icb-resistance.zip").read_bytes() for site in built)
    assert one == two
    page = (built[0] / "data/index.html").read_text()
    assert (
        f'<a href="../data/icb-resistance.zip">The whole site as one archive</a> ({downloads.size(len(one))})' in page
    )


@needs_browser
def test_the_archive_opens_from_disk_with_a_working_search(built: list[Path], browser: Any, tmp_path: Path) -> None:
    zipfile.ZipFile(built[0] / "data/icb-resistance.zip").extractall(tmp_path)
    context = browser.new_context()
    page = context.new_page()
    asked: list[str] = []
    wrong: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.goto((tmp_path / "icb-resistance/index.html").as_uri())
    field = page.locator(".md-search__input")
    field.focus()
    field.press_sequentially("inventumab", delay=20)
    result = page.locator(".md-search-result__link").first
    result.wait_for(timeout=10_000)
    assert str(result.get_attribute("href")).endswith("icb-resistance/agents/inventumab.html")
    field.fill("inventumba")
    page.locator(".search-hint a").first.click()
    page.wait_for_url("**/agents/inventumab.html")
    assert page.locator("h1").inner_text().startswith("Inventumab")
    assert [url for url in asked if not url.startswith(("file:", "data:", "about:"))] == []
    assert wrong == []
    context.close()
