"""Files in the repository that a command writes are as that command would write them today."""

from __future__ import annotations

import json
import subprocess

import pytest
from conftest import ROOT

from build_scripts import editor, review
from build_scripts.model import KINDS

FILES = editor.files(review.load(ROOT).vocabularies)


def kept(path: str) -> str:
    """A file as the repository keeps it: this clone may have filled the lists of ids."""
    if path.startswith("schema/ids/"):
        shown = subprocess.run(
            ["git", "-C", str(ROOT), "show", f":{path}"], capture_output=True, text=True, check=False
        )
        return shown.stdout if shown.returncode == 0 else editor.EMPTY
    return (ROOT / path).read_text(encoding="utf-8")


@pytest.mark.parametrize("path", FILES)
def test_schema_is_fresh(path: str) -> None:
    assert kept(path) == FILES[path], "run: python -m build_scripts schema"


def test_there_are_schemas_and_templates() -> None:
    found = {p.relative_to(ROOT).as_posix() for p in (ROOT / "schema").rglob("*") if p.is_file()}
    assert found == set(FILES)
    assert {f"schema/{kind}.json" for kind in KINDS} | {f"schema/templates/{kind}.yml" for kind in KINDS} <= found
    assert {f"schema/ids/{name}.json" for name in ("trial", "reference", "cancer", "agent", "settings")} <= found


def test_the_editor_knows_the_schema_of_each_kind() -> None:
    settings = json.loads((ROOT / ".vscode/settings.json").read_text(encoding="utf-8"))
    wanted = {f"schema/{kind}.json": f"content/{plural}/*.yml" for kind, (plural, _) in KINDS.items()}
    assert settings["yaml.schemas"] == wanted
