"""`new trial` and `new reference`: records filled from the documented answers, and honest skeletons without one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import replay
from replay import Replay, Reply
from test_audit import client

from build_scripts import __main__ as commands
from build_scripts import checks, cite, drafts, registry, review, source
from build_scripts.registry import PublishedWork


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch, project: Path) -> Iterator[Replay]:
    monkeypatch.setenv("no_proxy", "*")
    monkeypatch.setattr(commands, "ROOT", project)
    with replay.served() as running:
        answering = client(running)
        monkeypatch.setattr(registry, "Client", lambda: answering)
        yield running


def test_a_trial_is_filled_and_the_check_asks_for_the_rest(
    server: Replay, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    server.on("/studies/NCT00000000", Reply(replay.study()))
    assert commands.main(["new", "trial", "NCT00000000"]) == 0
    assert capsys.readouterr().out.startswith("content/trials/NCT00000000.yml: fill in what is empty")
    file = project / "content/trials/NCT00000000.yml"
    asked = [str(p) for p in checks.problems(review.load(project)) if "NCT00000000" in p.file]
    assert [line.split(": ", 1)[1] for line in asked] == [
        "summary: expected text, found nothing",
        "cancers: needs at least one entry",
    ]
    text = (
        file.read_text().replace("summary:  #", "summary: It asked.  #").replace("cancers: []", "cancers: [melanoma]")
    )
    file.write_text(text)
    assert checks.problems(review.load(project)) == ()
    assert commands.main(["new", "trial", "NCT00000000"]) == 1
    assert capsys.readouterr().err == "NCT00000000 is there already: content/trials/NCT00000000.yml\n"


def test_a_reference_comes_with_the_line_that_cites_it(
    server: Replay, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    server.on("/works/10.5555%2Fnew", Reply(replay.work(DOI="10.5555/new")))
    assert commands.main(["new", "reference", "10.5555/new"]) == 0
    said = capsys.readouterr().out
    key = said.partition("[@")[2].partition("]")[0]
    assert said == f"added to references.bib; cite it in prose as [@{key}], in a record as {{cite: {key}}}\n"
    index = project / "content/index.md"
    index.write_text(index.read_text() + f"\nIt was found so [@{key}].\n")
    assert checks.problems(review.load(project)) == ()
    assert commands.main(["new", "reference", "10.5555/new"]) == 1


@pytest.mark.parametrize("reply", [Reply(b"{"), Reply({}, status=500)])
def test_without_an_answer_it_is_a_skeleton_that_says_so(
    reply: Reply, server: Replay, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    server.on("/studies/NCT00000000", reply)
    assert commands.main(["new", "trial", "NCT00000000"]) == 0
    assert "this is a skeleton" in capsys.readouterr().err
    text = (project / "content/trials/NCT00000000.yml").read_text()
    assert text.startswith("# yaml-language-server: $schema=../../schema/trial.json\n# A registered trial")
    assert text.count("\n  page: https://clinicaltrials.gov/study/NCT00000000  #") == 2
    asked = [str(p) for p in checks.problems(review.load(project)) if "NCT00000000" in p.file]
    assert "content/trials/NCT00000000.yml:6: summary: expected text, found nothing" in asked


def test_offline_asks_nobody(server: Replay, project: Path) -> None:
    assert commands.main(["new", "reference", "12345678", "--offline"]) == 0
    found = review.load(project)
    key = next(key for key in found.references if key.startswith("unseen"))
    assert found.references[key].pmid == "12345678"
    assert not found.references[key].checked.verified


@pytest.mark.parametrize("id", ["1", "1234", "12345678", "10.5555/x"])
def test_the_key_of_what_nobody_saw_is_a_key(id: str) -> None:
    key, entry = drafts.reference(id, None, [], "2026-01-02")
    assert cite.KEY.fullmatch(key)
    assert cite.load(entry, "references.bib")[2] == ()


@pytest.mark.parametrize("author", ["Müller, A", "李", "O'Neill-Smith, B", "3D Group", ""])
@pytest.mark.parametrize("year", [2020, None])
def test_the_key_of_any_paper_is_a_key(author: str, year: int | None) -> None:
    answer = PublishedWork("Crossref", "题目", doi="10.5555/x", authors=(author,) if author else (), year=year)
    assert cite.KEY.fullmatch(drafts.reference("10.5555/x", answer, [], "2026-01-02")[0])


def test_a_word_of_the_registry_is_no_yaml() -> None:
    answer = registry.RegisteredTrial("NCT00000000", "NCT00000000", "T", "RUNNING: [a", phases=("PHASE 5, *x",))
    read = source.read(drafts.trial("NCT00000000", answer, "2026-01-02"), "x.yml")
    assert read.problems == ()
    assert (read.value["status"], read.value["phase"]) == ("RUNNING: [a", ["PHASE 5, *x"])


def test_what_the_registry_does_not_know_makes_nothing(server: Replay, project: Path) -> None:
    server.on("/studies/NCT00000000", Reply({"message": "not found"}, status=404))
    before = sorted(project.rglob("*"))
    assert commands.main(["new", "trial", "NCT00000000"]) == 1
    assert sorted(project.rglob("*")) == before


def test_many_at_once(server: Replay, project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    server.on("/works/10.5555%2Fnew", Reply(replay.work(DOI="10.5555/new")))
    assert commands.main(["new", "reference", "10.5555/new", "PMC12", "10.5555/first"]) == 1
    said = capsys.readouterr()
    assert said.out.count("added to references.bib") == 1
    assert said.err.splitlines() == [
        "'PMC12' is not a DOI or a PubMed identifier",
        "10.5555/first is there already: doe2020first",
    ]
    assert commands.main(["new", "reference", "22222222", "33333333", "--offline"]) == 0
    assert {"22222222", "33333333"} <= {r.pmid for r in review.load(project).references.values()}


@pytest.mark.parametrize(
    ("what", "id"),
    [("trial", "NCT123"), ("reference", "PMC12"), ("trial", "../../x"), ("paper", "x"), ("cancer", "Skin")],
)
def test_a_wrong_identifier_is_one_line(what: str, id: str, server: Replay, capsys: pytest.CaptureFixture[str]) -> None:
    assert commands.main(["new", what, id]) == 1
    assert capsys.readouterr().err.startswith(f"'{id}' is not ")


def test_keys_are_free_and_texts_cannot_break_the_bibliography() -> None:
    answer = PublishedWork("Crossref", "The } loss \\of β2m", doi="10.5555/x", authors=("Müller, A",), year=2020)
    key, entry = drafts.reference("10.5555/x", answer, ["muller2020loss"], "2026-01-02")
    assert key == "muller2020lossb"
    references, _, problems = cite.load(entry, "references.bib")
    assert not problems
    assert references[key].title == "The ) loss of β2m"
