"""Files in the repository that a command writes are as that command would write them today."""

from __future__ import annotations

import pytest
from conftest import ROOT

from build_scripts.__main__ import schema_files

FILES = schema_files()


@pytest.mark.parametrize("path", FILES)
def test_schema_is_fresh(path: str) -> None:
    assert (ROOT / path).read_text(encoding="utf-8") == FILES[path], "run: python -m build_scripts schema"


def test_there_are_schemas() -> None:
    assert len(FILES) == 17
    assert sorted(str(p.relative_to(ROOT)) for p in (ROOT / "schema").iterdir()) == sorted(FILES)


def test_the_editor_knows_the_schema_of_each_kind() -> None:
    import json

    from build_scripts.model import KINDS

    settings = json.loads((ROOT / ".vscode/settings.json").read_text(encoding="utf-8"))
    wanted = {f"schema/{kind}.json": f"content/{plural}/*.yml" for kind, (plural, _) in KINDS.items()}
    assert settings["yaml.schemas"] == wanted
