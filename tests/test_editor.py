"""What helps whoever types a record: schemas that know every id of this clone, and a commented template for each kind."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from conftest import ROOT
from jsonschema.protocols import Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012
from sites import commit_all

from build_scripts import __main__ as commands
from build_scripts import checks, editor, model, review, source
from build_scripts.model import KINDS
from build_scripts.scalars import Ref, Term

# Schemas


def validators(lists: dict[str, str]) -> dict[str, Validator]:
    """The schema of each kind as an editor reads it, with these lists of ids beside it."""
    found = [
        (f"file:///{path}", Resource.from_contents(json.loads(text), default_specification=DRAFT202012))
        for path, text in lists.items()
    ]
    registry: Registry = Registry().with_resources(found)
    return {
        kind: jsonschema.Draft202012Validator({"$id": f"file:///schema/{kind}.json", **schema}, registry=registry)
        for kind, schema in model.schemas().items()
    }


@pytest.fixture(scope="module")
def knowing(real: review.Review) -> dict[str, Validator]:
    return validators(editor.filled(real))


@pytest.fixture(scope="module")
def unknowing() -> dict[str, Validator]:
    return validators({path: text for path, text in editor.files({}).items() if path.startswith("schema/ids/")})


def numbers(value: Any) -> Any:
    """Editors read YAML with its own types; our reader keeps words, so numbers are given back here."""
    if isinstance(value, dict):
        counts = ("count", "arms", "row", "number", "order", "n", "looks")
        return {k: int(v) if k in counts and isinstance(v, str) else numbers(v) for k, v in value.items()}
    return [numbers(v) for v in value] if isinstance(value, list) else value


@pytest.mark.parametrize("kind", KINDS)
def test_the_schemas_allow_every_real_record(
    kind: str, real: review.Review, knowing: dict[str, Validator], unknowing: dict[str, Validator]
) -> None:
    assert real.records[kind]
    for id in real.records[kind]:
        value = numbers(real.sources[kind, id].value)
        knowing[kind].validate(value)
        unknowing[kind].validate(value)


def test_a_misspelt_id_is_refused_wherever_one_stands(
    real: review.Review, knowing: dict[str, Validator], unknowing: dict[str, Validator]
) -> None:
    """One example of each field that holds an id or a word; the empty lists of the repository let it pass."""
    tried = set()
    for (kind, id), record in real.owners():
        for path, leaf in record.leaves if kind in KINDS else ():
            field = (kind, *(step for step in path if isinstance(step, str)))
            if not isinstance(leaf, Ref | Term) or field in tried:
                continue
            tried.add(field)
            misspelt = (
                (str(leaf)[:-1] + ("1" if str(leaf)[-1] != "1" else "2")) if leaf.known_in() == "trial" else f"{leaf}x"
            )
            value = numbers(real.sources[kind, id].value)
            inner = value
            for step in path[:-1]:
                inner = inner[step]
            inner[path[-1]] = misspelt
            assert not knowing[kind].is_valid(value), (field, misspelt)
            assert unknowing[kind].is_valid(value), (field, misspelt)
    assert len(tried) > 50


def test_every_list_is_pointed_to_and_has_words(real: review.Review) -> None:
    filled = {path: json.loads(text) for path, text in editor.filled(real).items()}
    assert len(filled) > 20
    for path, schema in filled.items():
        assert schema["enum"] and len(schema["enum"]) == len(schema["enumDescriptions"]), path
    assert "NCT01866319" in filled["schema/ids/trial.json"]["enum"]
    assert set(real.references) == set(filled["schema/ids/reference.json"]["enum"])


def test_a_list_of_nothing_refuses_nothing(project: Path) -> None:
    (project / "content/corrections").rename(project / "content/.corrections")
    assert editor.filled(review.load(project))["schema/ids/correction.json"] == editor.EMPTY


def git(project: Path, *arguments: str) -> str:
    return subprocess.run(["git", "-C", str(project), *arguments], capture_output=True, text=True, check=True).stdout


def test_git_sees_nothing_of_the_filled_lists(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(commands, "ROOT", project)
    shutil.copy(ROOT / ".gitattributes", project)
    assert commands.main(["schema"]) == 0
    commit_all(project)
    git(project, "branch", "other")
    trial = project / "schema/ids/trial.json"

    assert commands.main(["check"]) == 0
    assert trial.read_text() == editor.EMPTY, "nobody asked for the lists"

    assert commands.main(["schema", "--ids"]) == 0
    assert json.loads(trial.read_text())["enum"] == ["NCT00000001", "NCT00000002"]
    assert git(project, "status", "--porcelain") == ""
    (project / "content/trials/NCT00000002.yml").rename(project / "content/trials/NCT00000003.yml")
    assert commands.main(["check"]) == 1
    assert json.loads(trial.read_text())["enum"] == ["NCT00000001", "NCT00000003"]
    assert {line[3:] for line in git(project, "status", "--porcelain").splitlines()} == {
        "content/trials/NCT00000002.yml", "content/trials/NCT00000003.yml",
    }  # fmt: skip
    git(project, "add", "-A")
    assert "schema" not in git(project, "diff", "--cached", "--name-only")
    git(project, "-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "-qm", "x")
    git(project, "checkout", "-q", "other")
    assert commands.main(["schema"]) == 0
    assert trial.read_text() == editor.EMPTY
    capsys.readouterr()


# Templates

TEMPLATES = {kind: editor.template(kind, review.load(ROOT).vocabularies) for kind in KINDS}
_FIELD = re.compile(r"^(?P<head>\s*(?:- )?\w+:)(?P<empty> \[\])?  # (?P<said>.*)$")


def filled_in(template: str) -> str:
    """A template as somebody fills it in who knows no more than what stands behind each field."""
    lines = template.split("\n")
    for number, line in enumerate(lines):
        field = _FIELD.match(line)
        below = lines[number + 1] if number + 1 < len(lines) else ""
        indent = len(line) - len(line.lstrip(" -"))
        deeper = below.strip() and len(below) - len(below.lstrip()) > indent and not below.lstrip().startswith("#")
        if field and (field["empty"] or not deeper):
            word = _example(field["said"])
            lines[number] = f"{field['head']} {f'[{word}, {word}]' if field['empty'] else word}"
    return "\n".join(lines)


def _example(said: str) -> str:
    for pattern in (r"[Oo]ne of: ([^,]+)", r"a word of \S+: ([^,]+)", r"[Ss]uch as (\S+)$"):
        if found := re.search(pattern, said):
            return found[1]
    if re.search(r"[Aa] key of references.bib$", said):
        return "doe2020first"
    if "content/trials/" in said:
        return "NCT00000001"
    if re.search(r"[Aa] word of \S+outline.yml", said):
        return "M06"
    if re.search(r"[Aa]n? (id|word) of", said):
        return "some-id"
    return "1" if re.search(r"[Aa] whole number$", said) else "words"


@pytest.mark.parametrize("kind", KINDS)
def test_a_template_is_a_record_once_it_is_filled_in(kind: str) -> None:
    read = source.read(filled_in(TEMPLATES[kind]), "x.yml")
    assert read.problems == ()
    parsed = model.parse(read, KINDS[kind][1])
    assert isinstance(parsed, model.Record), [str(problem) for problem in parsed]


CHOICES = {
    "name either a reference (cite) or a page, and not both",
    "unverified stands alone: take it out, or take out date, page, via and as_of",
    "name the primary_publication, or say in no_publication what was searched and when",
    "name the pivotal trials, or say in no_trial why there is none",
    "name the paper (key), one that replaces it (replaced_by), or say why not (unresolved)",
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_field_of_a_template_is_one_that_the_record_knows(kind: str) -> None:
    """With every # taken away nothing is unknown or of the wrong form; only what excludes each other is said."""
    whole = TEMPLATES[kind]
    while whole != (whole := re.sub(r"^(\s*)# (\s*(?:- )?\w+:|  )", r"\1\2", whole, flags=re.MULTILINE)):
        pass
    assert not re.search(r"^\s*# +\w+:", whole, re.MULTILINE)
    parsed = model.parse(source.read(filled_in(whole), "x.yml"), KINDS[kind][1])
    said = {problem.message for problem in parsed} if isinstance(parsed, tuple) else set()
    assert said <= CHOICES
    names = set(re.findall(r"^\s*(?:- )?(\w+):", whole, re.MULTILINE))
    assert {info.alias or name for name, info in KINDS[kind][1].model_fields.items()} <= names


@pytest.mark.parametrize("kind", KINDS)
def test_an_empty_template_asks_for_what_is_missing(kind: str) -> None:
    parsed = model.parse(source.read(TEMPLATES[kind], "x.yml"), KINDS[kind][1])
    assert isinstance(parsed, tuple)
    for problem in parsed:
        assert re.search(
            r"found nothing$|^nothing is not one of|^needs at least|^missing|^name |^point to|^say ", problem.message
        ), problem


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "trial"])
def test_new_writes_the_template(
    kind: str, project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(commands, "ROOT", project)
    id = "roe2021second" if kind == "paper" else "a-new-one"
    file = f"content/{KINDS[kind][0]}/{id}.yml"
    assert commands.main(["new", kind, id]) == 0
    assert capsys.readouterr().out == f"{file}: fill in what is empty, then run: python -m build_scripts check\n"
    assert (project / file).read_text() == TEMPLATES[kind]
    said = [str(problem) for problem in checks.problems(review.load(project))]
    assert said and all(line.startswith(f"{file}:") for line in said)
    assert commands.main(["new", kind, id]) == 1
    assert capsys.readouterr().err == f"{id} is there already: {file}\n"
