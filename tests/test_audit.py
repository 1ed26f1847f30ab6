"""The audit against a local server: what differs, who leans on a retracted paper, and what could not be asked."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
import replay
from replay import Replay, Reply

from build_scripts import __main__ as commands
from build_scripts import audit, registry, review
from build_scripts.registry import Client, Service


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Replay]:
    monkeypatch.setenv("no_proxy", "*")
    with replay.served() as running:
        yield running


def client(server: Replay) -> Client:
    return Client(
        trials=Service("ClinicalTrials.gov", server.address, 0),
        works=Service("Crossref", server.address, 0),
        papers=Service("PubMed", server.address, 0),
    )


def agreeing(server: Replay, found: review.Review) -> None:
    """Lets every registry say what the small project says."""
    for nct, trial in found.trials.items():
        body = replay.study(
            identificationModule={"nctId": nct, "briefTitle": trial.title},
            statusModule={"overallStatus": trial.status},
            designModule={"phases": list(trial.phase)},
            armsInterventionsModule={},
            sponsorCollaboratorsModule={},
        )
        body["hasResults"] = False
        if trial.enrollment:
            count = {"count": trial.enrollment.count, "type": trial.enrollment.type}
            body["protocolSection"]["designModule"]["enrollmentInfo"] = count
        server.on(f"/studies/{nct}", Reply(body))
    for reference in found.references.values():
        if reference.doi:
            message = {"DOI": reference.doi, "title": [reference.title], "issued": {"date-parts": [[reference.year]]}}
            server.on(f"/works/{quote(reference.doi, safe='')}", Reply({"message": message}))
        if reference.pmid:
            paper = {"uid": reference.pmid, "title": reference.title, "pubdate": str(reference.year)}
            path = f"/esummary.fcgi?db=pubmed&id={reference.pmid}&retmode=json&tool={registry.TOOL}"
            server.on(path, Reply({"result": {reference.pmid: paper}}))


def test_agreement_is_silence(project: Path, server: Replay) -> None:
    found = review.load(project)
    agreeing(server, found)
    told: list[tuple[int, int]] = []
    assert list(audit.audit(found, client(server), lambda done, of: told.append((done, of)))) == []
    assert told[0] == (0, 5) and told[-1] == (5, 5)
    assert len(server.asked) == 5


def test_a_status_that_changed(project: Path, server: Replay) -> None:
    found = review.load(project)
    agreeing(server, found)
    body = replay.study(
        identificationModule={"nctId": "NCT00000002", "briefTitle": found.trials["NCT00000002"].title},
        designModule={"phases": ["PHASE3"]},
        armsInterventionsModule={},
    )
    server.on("/studies/NCT00000002", Reply(body | {"hasResults": False}))
    (finding,) = audit.audit(found, client(server))
    assert list(finding.lines()) == [
        "content/trials/NCT00000002.yml: trial:NCT00000002: status: the record says UNKNOWN (undated), the registry says TERMINATED",
    ]


def test_a_retraction_names_whoever_leans_on_it(project: Path, server: Replay) -> None:
    found = review.load(project)
    agreeing(server, found)
    message = {
        "DOI": "10.5555/first",
        "title": ["Inventumab in imaginary melanoma"],
        "issued": {"date-parts": [[2020]]},
        "updated-by": [replay.update("retraction")],
    }
    server.on("/works/10.5555%2Ffirst", Reply({"message": message}))
    (finding,) = audit.audit(found, client(server))
    assert finding.record == "reference:doe2020first"
    assert any(words.startswith("retraction: Crossref lists one") for words in finding.drift)
    assert {place.rpartition(":")[0] for place in finding.leaning} == {
        "content/agents/inventumab.md",
        "content/agents/inventumab.yml",
        "content/biomarkers/ear-loss.yml",
        "content/concepts/hearing.md",
        "content/disagreements/how-many-ears.yml",
        "content/evidence/doe2020first.yml",
        "content/families/invented-silence.md",
        "content/glossary/t-cell.yml",
        "content/index.md",
        "content/interventions/chemotherapy.yml",
        "content/mechanisms/deaf-tumour.yml",
        "content/reviews/poe-2022.yml",
        "content/strategies/shouting.yml",
        "content/trials/NCT00000001.yml",
    }
    assert {"content/mechanisms/deaf-tumour.yml:9", "content/trials/NCT00000001.yml:31"} <= set(finding.leaning)


def test_what_is_unknown_or_away_is_said_and_the_rest_goes_on(project: Path, server: Replay) -> None:
    found = review.load(project)
    agreeing(server, found)
    server.on("/studies/NCT00000001", Reply({"message": "not found"}, status=404))
    server.on("/studies/NCT00000002", Reply(b"{"))
    findings = list(audit.audit(found, client(server)))
    assert [finding.record for finding in findings] == ["trial:NCT00000001", "trial:NCT00000002"]
    assert all(finding.unanswered and not finding.drift for finding in findings)


def test_the_command(
    project: Path,
    server: Replay,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    import json

    found = review.load(project)
    agreeing(server, found)
    monkeypatch.setattr(commands, "ROOT", project)
    monkeypatch.setattr(registry, "Client", lambda: client(server))
    assert commands.main(["audit"]) == 0
    assert capsys.readouterr() == ("", "0 records differ, 0 could not be asked for in full\n")
    server.on("/studies/NCT00000001", Reply({"message": "not found"}, status=404))
    assert commands.main(["audit", "--json", str(tmp_path / "findings.json")]) == 2
    (finding,) = json.loads((tmp_path / "findings.json").read_text())
    assert finding["record"] == "trial:NCT00000001"
    before = {path: path.read_bytes() for path in project.rglob("*") if path.is_file()}
    server.on("/studies/NCT00000002", Reply(replay.study()))
    assert commands.main(["audit"]) == 1
    assert {path: path.read_bytes() for path in project.rglob("*") if path.is_file()} == before
