"""The registries' answers, replayed by a local server, and their comparison with invented records."""

from __future__ import annotations

import ast
import contextlib
import copy
import json
import time
from collections.abc import Callable, Iterator
from http.client import HTTPResponse
from pathlib import Path
from typing import Any

import pytest
import replay
from replay import DOI, NCT, PMID, Replay, Reply

from build_scripts import registry
from build_scripts.cite import Reference
from build_scripts.ledger import Trial
from build_scripts.registry import (
    Client,
    Malformed,
    NotFound,
    Notice,
    PublishedWork,
    RegisteredTrial,
    Service,
    Unanswered,
    Unreachable,
    compare_reference,
    compare_trial,
    crossref_work,
    plain,
    pubmed_work,
    registered_trial,
    retry_after,
    same_words,
)

STUDY = f"/studies/{NCT}"
WORK = "/works/10.5555%2Finvented%2820%2900001-X"
PAPER = f"/esummary.fcgi?db=pubmed&id={PMID}&retmode=json&tool={registry.TOOL}"


# Records, as an editor would have written them


def trial(**changed: Any) -> Trial:
    """A record that agrees with `replay.study()` in every field."""
    values = {
        "acronym": "INVENT-001",
        "title": "A study of inventumab in invented cancer",
        "summary": "INVENT-001 asked nothing.",
        "phase": ["PHASE2", "PHASE3"],
        "status": "TERMINATED",
        "status_as_of": "2020-06-02",
        "design": {"allocation": "RANDOMIZED", "masking": "DOUBLE", "arms": "2"},
        "conditions": ["Invented Cancer"],
        "interventions": ["Inventumab"],
        "cancers": ["invented-cancer"],
        "agents": ["inventumab"],
        "enrollment": {"count": "945", "type": "ACTUAL"},
        "sponsor": "Invented Pharma",
        "start": "2015-03-14",
        "source": {"page": "https://example.org/invented"},
        "checked": {"unverified": "invented"},
        "no_publication": {"searched": "nothing", "date": "2026-01-01"},
        "readouts": [
            {
                "id": "pfs",
                "analysis": "final",
                "endpoint": "progression-free survival",
                "measure": "hazard ratio",
                "arms": ["inventumab"],
                "value": "1.00",
                "unit": "ratio",
                "outcome": "negative",
                "source": {"page": "https://example.org/invented"},
                "checked": {"unverified": "invented"},
            }
        ],
    }
    return Trial.model_validate(values | changed)


def reference(**changed: Any) -> Reference:
    """A reference that agrees with `replay.work()` and `replay.summary()` in every field."""
    values = {
        "kind": "article",
        "author": ["Example, Ada"],
        "title": "Inventumab in invented cancer & others",
        "journal": "Journal of Inventions",
        "year": "2020",
        "doi": DOI,
        "pmid": PMID,
        "checked": {"unverified": "invented"},
    }
    return Reference.model_validate(values | changed)


def listed(**changed: Any) -> RegisteredTrial:
    """The answer in `replay.study()`, with some fields changed."""
    return RegisteredTrial(**(vars(registered_trial(replay.study(), NCT)) | changed))


def indexed(**changed: Any) -> PublishedWork:
    """The answer in `replay.work()`, with some fields changed."""
    return PublishedWork(**(vars(crossref_work(replay.work(), DOI)) | changed))


# From the documented JSON to answers


def test_registered_trial() -> None:
    assert registered_trial(replay.study(), NCT) == RegisteredTrial(
        asked=NCT,
        nct=NCT,
        title="A Study of Inventumab in Invented Cancer",
        status="TERMINATED",
        acronym="INVENT-001",
        phases=("PHASE2", "PHASE3"),
        enrollment=945,
        enrollment_type="ACTUAL",
        allocation="RANDOMIZED",
        masking="DOUBLE",
        arms=2,
        sponsor="Invented Pharma",
        start="2015-03",
        last_update_posted="2020-06-02",
        conditions=("Invented Cancer",),
        interventions=("Inventumab", "Fictaxel"),
        has_results=True,
    )


def test_registered_trial_of_few_words() -> None:
    study = {
        "protocolSection": {
            "identificationModule": {"nctId": NCT, "briefTitle": "Invented"},
            "statusModule": {"overallStatus": "UNKNOWN", "startDateStruct": None},
        }
    }
    assert registered_trial(study, NCT) == RegisteredTrial(asked=NCT, nct=NCT, title="Invented", status="UNKNOWN")


def test_crossref_work() -> None:
    assert crossref_work(replay.work(), DOI) == PublishedWork(
        source="Crossref",
        title="Inventumab in Invented Cancer & Others",
        doi=DOI.lower(),
        authors=("Example, Ada", "INVENT Investigators"),
        journal="The Journal of Inventions",
        journal_short="J Invent",
        year=2020,
        online=2019,
        volume="12",
        number="3",
        pages="45-67",
    )


@pytest.mark.parametrize(
    ("changed", "year"),
    [
        ({}, 2020),
        ({"published_print": None}, 2019),
        ({"published_print": None, "journal_issue": {"published-print": {"date-parts": [[2021]]}}}, 2021),
        ({"published_print": None, "issued": {"date-parts": [[None]]}}, None),
    ],
)
def test_crossref_year_is_that_of_the_issue(changed: dict[str, Any], year: int | None) -> None:
    assert crossref_work(replay.work(**changed), DOI).year == year


def test_crossref_subtitle() -> None:
    found = crossref_work(replay.work(subtitle=["A <i>trial</i>", "and more"]), DOI)
    assert (found.title, found.subtitle) == ("Inventumab in Invented Cancer & Others", "A trial and more")


def test_crossref_updates() -> None:
    found = crossref_work(
        replay.work(
            updated_by=[replay.update("correction", "10.5555/first"), replay.update("expression_of_concern")],
            update_to=[replay.update("retraction", "10.5555/older")],
        ),
        DOI,
    )
    assert found.updated_by == (
        Notice("correction", "10.5555/first", "2023-05-01"),
        Notice("expression of concern", "10.5555/notice", "2023-05-01"),
    )
    assert found.update_to == (Notice("retraction", "10.5555/older", "2023-05-01"),)
    assert not found.retracted


@pytest.mark.parametrize(
    ("changed", "retracted"),
    [
        ({"updated_by": [replay.update("retraction")]}, True),
        ({"updated_by": [replay.update("withdrawal")]}, True),
        ({"updated_by": [replay.update("removal")]}, True),
        ({"updated_by": [replay.update("partial_retraction")]}, False),
        ({"updated_by": [replay.update("corrigendum")]}, False),
        ({"title": ["RETRACTED ARTICLE: Inventumab"]}, True),
        ({"title": ["Inventumab retracted: a history"]}, False),
        ({"title": ["Withdrawn patients: a history"]}, False),
    ],
)
def test_crossref_retracted(changed: dict[str, Any], retracted: bool) -> None:
    assert crossref_work(replay.work(**changed), DOI).retracted is retracted


def test_pubmed_work() -> None:
    assert pubmed_work(replay.summary(), PMID) == PublishedWork(
        source="PubMed",
        title="Inventumab in Invented cancer and others.",
        doi=DOI,
        pmid=PMID,
        authors=("Example, A", "INVENT Investigators"),
        journal="The journal of inventions : official journal of nobody",
        journal_short="J Invent",
        year=2020,
        online=2019,
        volume="12",
        number="3",
        pages="45-67",
    )


def test_pubmed_notices() -> None:
    references = [
        {"refsource": "J Invent. 2021;1:1", "reftype": "Comment in", "pmid": 99999990, "note": ""},
        {"refsource": "J Invent. 2021;1:2", "reftype": "Erratum in", "pmid": 99999991, "note": ""},
        {"refsource": "J Invent. 2021;1:3", "reftype": "Retraction in", "pmid": "", "note": ""},
    ]
    found = pubmed_work(replay.summary(references=references), PMID)
    assert found.updated_by == (Notice("correction", "PMID 99999991"), Notice("retraction", "J Invent. 2021;1:3"))
    assert found.retracted


def test_pubmed_retracted_by_its_type() -> None:
    assert pubmed_work(replay.summary(pubtype=["Journal Article", "Retracted Publication"]), PMID).retracted
    assert not pubmed_work(replay.summary(pubtype=["Retraction of Publication"]), PMID).retracted


@pytest.mark.parametrize(
    ("read", "body", "error", "message"),
    [
        (registered_trial, None, Malformed, "the answer: expected fields, found nothing"),
        (registered_trial, [], Malformed, "the answer: expected fields, found a list"),
        (registered_trial, {}, Malformed, "protocolSection.identificationModule.nctId: missing"),
        (
            registered_trial,
            replay.study(identificationModule={"nctId": "NCT1", "briefTitle": "x"}),
            Malformed,
            "protocolSection.identificationModule.nctId: 'NCT1' is not a registry number",
        ),
        (
            registered_trial,
            replay.study(identificationModule={"nctId": NCT, "briefTitle": " "}),
            Malformed,
            "protocolSection.identificationModule.briefTitle: missing",
        ),
        (
            registered_trial,
            replay.study(statusModule={}),
            Malformed,
            "protocolSection.statusModule.overallStatus: missing",
        ),
        (
            registered_trial,
            replay.study(statusModule={"overallStatus": "COMPLETED", "startDateStruct": {"date": "2015-13"}}),
            Malformed,
            "protocolSection.statusModule.startDateStruct.date: '2015-13' is no day of the calendar",
        ),
        (
            registered_trial,
            replay.study(designModule={"phases": "PHASE3"}),
            Malformed,
            "protocolSection.designModule.phases: expected a list, found text",
        ),
        (
            registered_trial,
            replay.study(designModule={"phases": ["PHASE3", 3]}),
            Malformed,
            "protocolSection.designModule.phases: expected texts, found a whole number",
        ),
        (
            registered_trial,
            replay.study(designModule={"enrollmentInfo": {"count": True}}),
            Malformed,
            "protocolSection.designModule.enrollmentInfo.count: expected a whole number, found true or false",
        ),
        (
            registered_trial,
            replay.study(designModule={"enrollmentInfo": 9.5}),
            Malformed,
            "protocolSection.designModule.enrollmentInfo: expected fields, found a number",
        ),
        (
            registered_trial,
            replay.study(armsInterventionsModule={"interventions": [{"name": "x"}, "Inventumab"]}),
            Malformed,
            "protocolSection.armsInterventionsModule.interventions.2: expected fields, found text",
        ),
        (
            registered_trial,
            replay.study() | {"hasResults": 1},
            Malformed,
            "hasResults: expected true or false, found a whole number",
        ),
        (crossref_work, replay.work(title=[]), Malformed, "message.title: missing"),
        (crossref_work, replay.work(DOI=None), Malformed, "message.DOI: missing"),
        (
            crossref_work,
            replay.work(issued={"date-parts": [["2019"]]}),
            Malformed,
            "message.issued.date-parts: expected lists of numbers",
        ),
        (
            crossref_work,
            replay.work(issued={"date-parts": [2019]}),
            Malformed,
            "message.issued.date-parts: expected lists of numbers",
        ),
        (
            crossref_work,
            replay.work(updated_by=[{"DOI": "10.5555/notice"}]),
            Malformed,
            "message.updated-by.1.type: missing",
        ),
        (pubmed_work, {"header": {}}, Malformed, "result: missing"),
        (
            pubmed_work,
            {"error": "API rate limit exceeded"},
            Malformed,
            "an error instead of a summary: API rate limit exceeded",
        ),
        (pubmed_work, {"result": {"uids": []}}, NotFound, "the answer holds no such paper"),
        (
            pubmed_work,
            {"result": {"uids": [PMID], PMID: {"uid": PMID, "error": "cannot get document summary"}}},
            NotFound,
            "cannot get document summary",
        ),
        (pubmed_work, replay.summary(title=""), Malformed, f"result.{PMID}.title: missing"),
    ],
)
def test_undocumented_forms(read: Callable[[Any, str], Any], body: Any, error: type[Unanswered], message: str) -> None:
    service, about = {
        registered_trial: ("ClinicalTrials.gov", NCT),
        crossref_work: ("Crossref", DOI),
        pubmed_work: ("PubMed", PMID),
    }[read]
    with pytest.raises(error) as raised:
        read(body, about)
    assert str(raised.value) == f"{service}, {about}: {message}"


WRONG: tuple[Any, ...] = (
    None, True, 0, -7, 10**30, 1.5, float("nan"), "", " ", "x" * 5_000, "\ud800\x00\u202e\n<b>", "&#10;&#xd800;",
    [], {}, [None], [[None]], [[]], [[0]], [[10**30]], [[2020, True]], ["x", 1], [{}], [[[]]], {"x": {}},
    [{"type": "x"}],
)  # fmt: skip


def places(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Every path in a JSON value."""
    yield path
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, child in children:
        yield from places(child, (*path, step))


def broken(whole: Any, path: tuple[str | int, ...], wrong: Any) -> Any:
    """A JSON value in which another stands at a path."""
    if not path:
        return wrong
    whole = copy.deepcopy(whole)
    parent = whole
    for step in path[:-1]:
        parent = parent[step]
    parent[path[-1]] = wrong
    return whole


@pytest.mark.parametrize(
    ("read", "about", "body"),
    [
        (registered_trial, NCT, replay.study()),
        (
            crossref_work,
            DOI,
            replay.work(updated_by=[replay.update("retraction")], update_to=[replay.update("erratum")]),
        ),
        (pubmed_work, PMID, replay.summary(references=[{"refsource": "J", "reftype": "Erratum in", "pmid": 9}])),
    ],
)
def test_any_value_anywhere(read: Callable[[Any, str], Any], about: str, body: Any) -> None:
    """Whatever stands at whatever place, there is an answer and a comparison, or one line that says what is wrong."""
    said: list[str] = []
    answers = 0
    for path in places(body):
        for wrong in WRONG:
            try:
                answer = read(broken(body, path, wrong), about)
            except Unanswered as error:
                said.append(str(error))
            else:
                answers += 1
                said += (
                    compare_trial(trial(), answer)
                    if read is registered_trial
                    else compare_reference(reference(), answer)
                )
    assert answers > 100 and len(said) > 100
    for line in said:
        assert line.isprintable() and len(line.encode()) < 2_500, line


# The comparison of trials


def test_trial_that_agrees() -> None:
    assert compare_trial(trial(), listed()) == ()


@pytest.mark.parametrize(
    ("record", "answer", "line"),
    [
        (
            {"status": "COMPLETED"},
            {},
            "status: the record says COMPLETED (as of 2020-06-02), the registry says TERMINATED",
        ),
        (
            {"status": "COMPLETED", "status_as_of": None},
            {},
            "status: the record says COMPLETED (undated), the registry says TERMINATED",
        ),
        ({"status": None, "status_as_of": None}, {}, "status: the record says nothing, the registry says TERMINATED"),
        ({}, {"phases": ("PHASE3",)}, "phase: the record says PHASE2/PHASE3, the registry says PHASE3"),
        ({}, {"phases": ()}, "phase: the record says PHASE2/PHASE3, the registry says nothing"),
        ({"phase": []}, {"phases": ("NA",)}, "phase: the record says nothing, the registry says NA"),
        (
            {},
            {"title": "A Study of Inventumab in Another Cancer"},
            "title: the record says 'A study of inventumab in invented cancer', "
            "the registry says 'A Study of Inventumab in Another Cancer'",
        ),
        ({}, {"acronym": "INVENT-01"}, "acronym: the record says INVENT-001, the registry says INVENT-01"),
        ({"acronym": None}, {}, "acronym: the record says nothing, the registry says INVENT-001"),
        ({}, {"enrollment": 900}, "enrollment: the record says 945 (ACTUAL), the registry says 900 (ACTUAL)"),
        (
            {"enrollment": {"count": "945", "type": "ESTIMATED"}},
            {},
            "enrollment: the record says 945 (ESTIMATED), the registry says 945 (ACTUAL)",
        ),
        ({"enrollment": {"count": "94"}}, {}, "enrollment: the record says 94, the registry says 945 (ACTUAL)"),
        ({"enrollment": None}, {}, "enrollment: the record says nothing, the registry says 945 (ACTUAL)"),
        (
            {},
            {"sponsor": "Imagined Pharma"},
            "sponsor: the record says Invented Pharma, the registry says Imagined Pharma",
        ),
        ({"start": "2015-04"}, {}, "start: the record says 2015-04, the registry says 2015-03"),
        ({"start": "2014"}, {}, "start: the record says 2014, the registry says 2015-03"),
        ({}, {"masking": "NONE"}, "masking: the record says DOUBLE, the registry says NONE"),
        ({}, {"allocation": "NA"}, "allocation: the record says RANDOMIZED, the registry says NA"),
        ({}, {"arms": 3}, "arms: the record says 2, the registry says 3"),
        ({"readouts": []}, {}, "results: the record has no read-outs, the registry has posted results"),
        ({}, {"nct": "NCT00000001"}, f"number: the registry lists {NCT} as NCT00000001"),
    ],
)
def test_trial_drift(record: dict[str, Any], answer: dict[str, Any], line: str) -> None:
    assert compare_trial(trial(**record), listed(**answer)) == (line,)


@pytest.mark.parametrize(
    ("record", "answer"),
    [
        ({}, {"acronym": None, "enrollment": None, "sponsor": None, "start": None, "arms": None, "masking": None}),
        ({"design": None, "sponsor": None, "start": None}, {}),
        ({"readouts": []}, {"has_results": False}),
        ({"enrollment": {"count": "945"}}, {}),
        ({}, {"enrollment_type": None}),
        ({"start": "2015"}, {}),
        ({"acronym": "Fiction-7 (INVENT 001)"}, {}),
        ({"sponsor": "INVENTED Pharma."}, {}),
        ({"status_as_of": None}, {}),
    ],
)
def test_trial_without_drift(record: dict[str, Any], answer: dict[str, Any]) -> None:
    """A silent side contradicts nothing, and spelling is no drift."""
    assert compare_trial(trial(**record), listed(**answer)) == ()


def test_trial_drift_is_complete() -> None:
    found = compare_trial(trial(status="COMPLETED", acronym="OTHER", readouts=[]), listed(enrollment=1))
    assert [line.split(":")[0] for line in found] == ["status", "acronym", "enrollment", "results"]


# The comparison of references


def test_reference_that_agrees() -> None:
    assert compare_reference(reference(), crossref_work(replay.work(), DOI)) == ()
    assert compare_reference(reference(), pubmed_work(replay.summary(), PMID)) == ()


@pytest.mark.parametrize(
    ("record", "answer", "line"),
    [
        (
            {"title": "Inventumab in imagined cancer"},
            {},
            "title: the reference says 'Inventumab in imagined cancer', "
            "Crossref says 'Inventumab in Invented Cancer & Others'",
        ),
        (
            {"journal": "Annals of Inventions"},
            {},
            "journal: the reference says Annals of Inventions, Crossref says The Journal of Inventions",
        ),
        ({"year": "2018"}, {}, "year: the reference says 2018, Crossref says 2020 (online in 2019)"),
        ({"year": "2018"}, {"online": 2020}, "year: the reference says 2018, Crossref says 2020"),
        ({}, {"doi": "10.5555/other"}, f"doi: the reference says {DOI}, Crossref says 10.5555/other"),
        ({"doi": None}, {}, f"doi: the reference says nothing, Crossref says {DOI.lower()}"),
        ({}, {"pmid": "99999998"}, f"pmid: the reference says {PMID}, Crossref says 99999998"),
        ({}, {"retracted": True}, "retraction: Crossref marks the paper as retracted"),
        (
            {},
            {"retracted": True, "updated_by": (Notice("retraction", "10.5555/notice", "2023-05-01"),)},
            "retraction: Crossref lists one of 2023-05-01 (10.5555/notice)",
        ),
        (
            {"check_note": "retracted by 10.5555/notice"},
            {"updated_by": (Notice("retraction", "10.5555/notice"),)},
            "retraction: Crossref lists one (10.5555/notice)",
        ),
        ({}, {"updated_by": (Notice("correction"),)}, "correction: Crossref lists one"),
        (
            {"check_note": "corrected by 10.5555/another"},
            {"updated_by": (Notice("correction", "10.5555/notice"),)},
            "correction: Crossref lists one (10.5555/notice)",
        ),
        (
            {},
            {"update_to": (Notice("correction", "10.5555/older", "2019"),)},
            "notice: Crossref lists the paper itself as a correction of 2019 (10.5555/older)",
        ),
    ],
)
def test_reference_drift(record: dict[str, Any], answer: dict[str, Any], line: str) -> None:
    assert compare_reference(reference(**record), indexed(**answer)) == (line,)


@pytest.mark.parametrize(
    ("record", "answer"),
    [
        ({}, {"journal": None, "journal_short": None, "year": None, "doi": None, "pmid": None}),
        ({"journal": "J Invent"}, {}),
        ({"journal": None, "publisher": "Nobody"}, {}),
        ({"journal": "The Journal of Inventions"}, {"journal": "Journal of inventions (Nowhere, Utopia)"}),
        ({"title": "Inventumab: a trial"}, {"title": "Inventumab", "subtitle": "A Trial"}),
        ({"title": "Inventumab"}, {"title": "Inventumab", "subtitle": "A Trial"}),
        (
            {"check_note": "a correction, 10.5555/Notice, changes no number"},
            {"updated_by": (Notice("correction", "10.5555/NOTICE"),)},
        ),
    ],
)
def test_reference_without_drift(record: dict[str, Any], answer: dict[str, Any]) -> None:
    """A silent index contradicts nothing, spelling is no drift, and a correction that the note names is known."""
    assert compare_reference(reference(**record), indexed(**answer)) == ()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Anti–PD-1 in non-small-cell cancer", "ANTI-PD-1 in Non‐Small Cell Cancer."),
        ("CD8<sup>+</sup> &amp; others", "CD8+ and others"),
        ("p&amp;lt;0.05", "p<0.05"),
        ("Löwe's\u00a0“β”", "Lowe’s 'β'"),
        ("a ﬁrst ²", "A  first 2"),
        ("<jats:italic toggle='yes'>In vitro</jats:italic>", "in\nvitro"),
        ("RETRACTED: Inventumab", "Inventumab"),
    ],
)
def test_same_words(one: str, other: str) -> None:
    assert same_words(one) == same_words(other) != ""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("phase 2", "phase 3"),
        ("Inventumab was withdrawn: why", "Inventumab was why"),
        ("p<a and b>c", "p c"),
        ("PD-1", "PD-L1"),
    ],
)
def test_other_words(one: str, other: str) -> None:
    assert same_words(one) != same_words(other)


@pytest.mark.parametrize(
    ("title", "text"),
    [
        (" a\n&amp;lt;i&amp;gt;b&lt;/i&gt; <5 ", "a b <5"),
        ("a\u202e&#8203;&#10;\x00b\ud800", "a b"),
        ("a <sub class='x'>2</sub><br/>", "a 2"),
        ("p <a and b> c", "p <a and b> c"),
    ],
)
def test_plain(title: str, text: str) -> None:
    assert plain(title) == text


# Asking


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Replay]:
    """A replaying server that is asked directly, whatever proxy the machine uses."""
    monkeypatch.setenv("no_proxy", "*")
    with replay.served() as found:
        yield found


@pytest.fixture
def slept() -> list[float]:
    """The seconds that a client of these tests would have slept."""
    return []


@pytest.fixture
def client(server: Replay, slept: list[float]) -> Client:
    """A client of the local server that never sleeps, but says how long it would have."""
    return impatient(server, slept)


def impatient(server: Replay, slept: list[float], **changed: Any) -> Client:
    """A client of the local server with other limits."""
    services = {
        name: Service(service.name, server.address, 0)
        for name, service in (
            ("trials", registry.CLINICAL_TRIALS),
            ("works", registry.CROSSREF),
            ("papers", registry.PUBMED),
        )
    }
    return Client(**({**services, "timeout": 5.0, "sleep": slept.append} | changed))


def refused(client: Client, error: type[Unanswered]) -> str:
    """Why the client has no answer for the invented trial, without the names before it."""
    with pytest.raises(Unanswered) as raised:
        client.trial(NCT)
    assert type(raised.value) is error
    line = str(raised.value)
    assert line.isprintable() and line.startswith(f"ClinicalTrials.gov, {NCT}: ")
    assert raised.value.__suppress_context__ or raised.value.__context__ is None
    return line.removeprefix(f"ClinicalTrials.gov, {NCT}: ")


def test_each_service_is_asked_as_documented(server: Replay, client: Client) -> None:
    server.on(STUDY, Reply(replay.study()))
    server.on(WORK, Reply(replay.work()))
    server.on(PAPER, Reply(replay.summary()))
    assert client.trial(NCT) == registered_trial(replay.study(), NCT)
    assert client.work(DOI) == crossref_work(replay.work(), DOI)
    assert client.paper(PMID) == pubmed_work(replay.summary(), PMID)
    assert [asked.path for asked in server.asked] == [STUDY, WORK, PAPER]
    for asked in server.asked:
        assert asked.headers["User-Agent"] == registry.AGENT
        assert asked.headers["Accept"] == "application/json"


def test_the_real_addresses() -> None:
    client = Client()
    assert (client.trials.base, client.works.base, client.papers.base) == (
        "https://clinicaltrials.gov/api/v2",
        "https://api.crossref.org",
        "https://eutils.ncbi.nlm.nih.gov/entrez/eutils",
    )
    assert 1 / client.papers.pause <= 3
    assert "icb-resistance-living-review" in registry.AGENT and "Mozilla" not in registry.AGENT


@pytest.mark.parametrize("id", ["../../x", "a b", "é?&#", "\ud800\n\r\x00x", "x" * 3000])
def test_strange_ids_lead_nowhere_else(server: Replay, client: Client, id: str) -> None:
    for ask in (client.trial, client.work, client.paper):
        with pytest.raises(NotFound):
            ask(id)
    assert [asked.path.count("/") for asked in server.asked] == [2, 2, 1]


@pytest.mark.parametrize("status", [400, 404, 410])
def test_not_found(server: Replay, client: Client, slept: list[float], status: int) -> None:
    server.on(STUDY, Reply(f"NCT number {NCT} not found".encode(), status, "text/plain"))
    assert refused(client, NotFound) == f"not known there ({status})"
    assert len(server.asked) == 1 and slept == []


@pytest.mark.parametrize("status", [401, 403, 418, 500, 502])
def test_refused(server: Replay, client: Client, status: int) -> None:
    server.on(STUDY, Reply(replay.study(), status))
    assert refused(client, Unreachable).startswith(f"answers {status} ")
    assert len(server.asked) == 1


def test_merged_number(server: Replay, client: Client) -> None:
    """A redirect to the number that replaced another is followed, and told apart."""
    server.on("/studies/NCT00000009", Reply(status=301, headers={"Location": STUDY}))
    server.on(STUDY, Reply(replay.study()))
    found = client.trial("NCT00000009")
    assert (found.asked, found.nct) == ("NCT00000009", NCT)


@pytest.mark.parametrize(
    ("location", "why"),
    [
        (STUDY, "answers 301 The HTTP server returned a redirect error that would lead to an infinite loop. "),
        (
            "file:///etc/hostname",
            "answers 301 Moved Permanently - Redirection to url 'file:///etc/hostname' is not allowed",
        ),
        ("ftp://127.0.0.1/x", "no connection: unknown url type: ftp"),
        ("http://[", "no connection: "),
    ],
)
def test_bad_redirects(server: Replay, client: Client, location: str, why: str) -> None:
    server.on(STUDY, Reply(status=301, headers={"Location": location}))
    assert refused(client, Unreachable).startswith(why)


def test_redirect_with_a_slow_body(server: Replay, client: Client) -> None:
    """What comes with a redirect is not read: here it would come for four seconds."""
    server.on("/studies/NCT00000009", Reply(b"x" * 40, 301, headers={"Location": STUDY}, drip=0.1))
    server.on(STUDY, Reply(replay.study()))
    began = time.monotonic()
    assert client.trial("NCT00000009").nct == NCT
    assert time.monotonic() - began < 2


# Busy services


def busy(status: int = 429, after: str | None = None, **headers: str) -> Reply:
    """What a service answers that is asked too often, in NCBI's words."""
    body = {"error": "API rate limit exceeded", "count": "4", "limit": "3"}
    return Reply(body, status, headers=({"Retry-After": after} if after is not None else {}) | headers)


@pytest.mark.parametrize("status", [429, 503])
def test_busy_is_asked_again(server: Replay, client: Client, slept: list[float], status: int) -> None:
    server.on(STUDY, busy(status), busy(status), Reply(replay.study()))
    assert client.trial(NCT).nct == NCT
    assert slept == [1, 4] and len(server.asked) == 3


def test_busy_for_ever(server: Replay, client: Client, slept: list[float]) -> None:
    server.on(STUDY, busy())
    assert refused(client, Unreachable) == "still busy (429) after 4 tries"
    assert slept == [1, 4, 15] and len(server.asked) == 4


def test_busy_then_unknown(server: Replay, client: Client) -> None:
    server.on(STUDY, busy(), Reply(b"", 404))
    assert refused(client, NotFound) == "not known there (404)"


@pytest.mark.parametrize(
    ("after", "wait"), [("7", 7), ("60", 60), ("0", 1), ("soon", 1), ("-5", 1), ("1.5", 1), ("", 1), ("9" * 5_000, 1)]
)
def test_retry_after_is_honoured(server: Replay, client: Client, slept: list[float], after: str, wait: float) -> None:
    server.on(STUDY, busy(after=after), Reply(replay.study()))
    assert client.trial(NCT).nct == NCT
    assert slept == [wait]


def test_retry_after_beyond_the_cap(server: Replay, client: Client, slept: list[float]) -> None:
    """Rather than ask too early, we give up."""
    server.on(STUDY, busy(503, after="3600"), Reply(replay.study()))
    assert refused(client, Unreachable) == "busy (503), asks us to come back in 3,600 s"
    assert slept == [] and len(server.asked) == 1


NOON = "Fri, 02 Jan 2026 12:00:00 GMT"


@pytest.mark.parametrize(
    ("asked", "date", "wait"),
    [
        ("Fri, 02 Jan 2026 12:00:30 GMT", NOON, 30),
        ("Fri, 02 Jan 2026 11:00:00 GMT", NOON, 0),
        (" 12 ", NOON, 12),
        ("Fri, 02 Jan 2026 12:00:30 GMT", "", None),
        ("Fri, 02 Jan 2026 12:00:30 -0000", NOON, None),
        ("Fri, 99 Jan 2026 12:00:30 GMT", NOON, None),
        ("Fri, 02 Jan 99999999999 12:00:30 GMT", NOON, None),
        ("٣", NOON, None),
        (",", NOON, None),
        ("", "", None),
    ],
)
def test_retry_after(asked: str, date: str, wait: float | None) -> None:
    assert retry_after(asked, date) == wait


def test_pace(server: Replay, slept: list[float]) -> None:
    """Two questions to one service are kept apart by its pause, also when it is asked again; another service is not."""
    now = 100.0

    def sleep(seconds: float) -> None:
        nonlocal now
        slept.append(round(seconds, 6))
        now += seconds

    papers = Service("PubMed", f"{server.address}/papers", 0.34)
    client = impatient(server, slept, papers=papers, sleep=sleep, clock=lambda: now, waits=(0.1,))
    server.on(f"/papers{PAPER}", Reply(replay.summary()), Reply(replay.summary()), busy(), Reply(replay.summary()))
    server.on(STUDY, Reply(replay.study()))
    client.paper(PMID)
    client.trial(NCT)
    assert slept == []
    now += 0.04
    client.paper(PMID)
    assert slept == [0.3]
    client.paper(PMID)
    assert slept == [0.3, 0.34, 0.1, 0.24]
    now += 1
    client.paper(PMID)
    assert slept == [0.3, 0.34, 0.1, 0.24]


# Answers that go wrong on the way

WHOLE = json.dumps(replay.study()).encode()


@pytest.mark.parametrize(
    ("reply", "why"),
    [
        (Reply(b""), "the answer is empty"),
        (Reply(b" \n"), "the answer is empty"),
        (Reply(WHOLE[:-1]), "the answer is not JSON"),
        (Reply(b"\xff\xfe{}"), "the answer is not JSON"),
        (Reply(b"\x1f\x8b\x08"), "the answer is not JSON"),
        (Reply(b'{"protocolSection": ' + b"9" * 5_000 + b"}"), "the answer is not JSON"),
        (Reply(b"[" * 200_000), "the answer is nested too deeply"),
        (Reply(b"null"), "the answer: expected fields, found nothing"),
        (Reply({}), "protocolSection.identificationModule.nctId: missing"),
        (Reply(b"<html>Log in to the network</html>", kind="text/html"), "the answer is text/html, not JSON"),
        (Reply(WHOLE, kind=""), "the answer is text/plain, not JSON"),
        (
            Reply(WHOLE, announced=len(WHOLE) + 9),
            f"the answer breaks off after {len(WHOLE):,} of {len(WHOLE) + 9:,} bytes",
        ),
        (Reply(WHOLE[:99], announced=len(WHOLE)), f"the answer breaks off after 99 of {len(WHOLE):,} bytes"),
        (Reply(WHOLE[:99], chunked=True), "the answer breaks off"),
        (Reply(WHOLE, announced=10**12), "the answer is larger than 100,000 bytes"),
        (Reply(b" " * 100_001 + WHOLE), "the answer is larger than 100,000 bytes"),
        (Reply(b" " * 100_001 + WHOLE, announced=-1), "the answer is larger than 100,000 bytes"),
        (Reply(b" " * 100_001 + WHOLE, chunked=True), "the answer is larger than 100,000 bytes"),
    ],
)
def test_malformed(server: Replay, slept: list[float], reply: Reply, why: str) -> None:
    """What is no whole JSON answer of the documented form is said in one line, and not asked for again."""
    server.on(STUDY, reply)
    client = impatient(server, slept, largest=100_000 if b"[[" not in reply.bytes else 10**6)
    assert refused(client, Malformed) == why
    assert len(server.asked) == 1 and slept == []


@pytest.mark.parametrize(
    "reply",
    [
        Reply(b"\xef\xbb\xbf" + WHOLE),
        Reply(WHOLE, announced=-1),
        Reply(WHOLE, kind="application/vnd.example+json"),
        Reply(b" " * 90_000 + WHOLE),
    ],
)
def test_unusual_but_whole(server: Replay, slept: list[float], reply: Reply) -> None:
    server.on(STUDY, reply)
    assert impatient(server, slept, largest=100_000).trial(NCT).nct == NCT


@pytest.mark.parametrize(
    "reply",
    [
        Reply(replay.study(), silent=5),
        Reply(b" " * 40, drip=0.05),
        Reply(replay.study(), drip=5),
        Reply(b" " * 40, drip=0.05, announced=-1),
    ],
    ids=["silent", "drips", "stalls", "drips without a length"],
)
def test_time_out(server: Replay, slept: list[float], reply: Reply) -> None:
    """An answer that does not come, or comes byte by byte, is given up in time."""
    server.on(STUDY, reply)
    began = time.monotonic()
    assert refused(impatient(server, slept, timeout=0.2), Unreachable) == "no answer within 0.2 s"
    assert 0.2 <= time.monotonic() - began < 2


@pytest.mark.parametrize(
    ("reply", "why"),
    [
        (Reply(raw=b"", reset=True), "no connection: [Errno 104] Connection reset by peer"),
        (Reply(raw=b""), "no connection: Remote end closed connection without response"),
        (Reply(raw=b"\x00\x01 what?\r\n\r\n"), "no connection: "),
        (
            Reply(raw=b"HTTP/1.1 200 OK\r\nX: " + b"x" * 70_000 + b"\r\n\r\n"),
            "no connection: got more than 65536 bytes",
        ),
        (Reply(raw=b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200 + b"\r\n"), "no connection: got more than 100 headers"),
        (Reply(raw=b"HTTP/1.1 403 \x1b[31m\x9b\r\n\r\n"), "answers 403 "),
    ],
)
def test_broken_connection(server: Replay, client: Client, slept: list[float], reply: Reply, why: str) -> None:
    server.on(STUDY, reply)
    assert refused(client, Unreachable).startswith(why)
    assert slept == []


def test_reset_in_the_middle(server: Replay, client: Client) -> None:
    server.on(STUDY, Reply(WHOLE[:99], announced=len(WHOLE), reset=True))
    with pytest.raises((Unreachable, Malformed), match=r"Connection reset by peer|breaks off after 99"):
        client.trial(NCT)


@pytest.mark.parametrize(
    "base", ["http://127.0.0.1:9", "http://nowhere.invalid", "ftp://127.0.0.1", "nonsense", "http://["]
)
def test_nobody_there(server: Replay, slept: list[float], base: str) -> None:
    client = impatient(server, slept, trials=Service("ClinicalTrials.gov", base, 0))
    assert refused(client, Unreachable).startswith("no connection: ")
    assert slept == []


@pytest.mark.parametrize(
    "reply",
    [
        Reply(replay.study()),
        Reply(b"<", kind="text/html"),
        Reply(WHOLE, announced=10**12),
        Reply(WHOLE[:99], chunked=True),
    ],
)
def test_no_connection_is_left_open(
    server: Replay, client: Client, monkeypatch: pytest.MonkeyPatch, reply: Reply
) -> None:
    """Also the answers that we refuse are closed at once, not when the interpreter gets round to it."""
    server.on(STUDY, reply)
    opened: list[HTTPResponse] = []
    begin = HTTPResponse.begin

    def noted(response: HTTPResponse) -> None:
        opened.append(response)
        begin(response)

    monkeypatch.setattr(HTTPResponse, "begin", noted)
    with contextlib.suppress(Unanswered):
        client.trial(NCT)
    assert opened and all(response.isclosed() for response in opened)


# The house


def test_the_build_never_imports_the_registry() -> None:
    """Only the commands may ask the registries."""
    modules = sorted(Path(registry.__file__).parent.glob("*.py"))
    assert len(modules) > 10
    for module in modules:
        if module.name in ("registry.py", "audit.py", "drafts.py", "__main__.py"):
            continue
        imported = {
            name
            for node in ast.walk(ast.parse(module.read_text(encoding="utf-8")))
            if isinstance(node, ast.Import | ast.ImportFrom)
            for name in (*(alias.name for alias in node.names), *((getattr(node, "module", None) or "").split(".")))
        }
        assert not {n for n in imported if "registry" in n or n in ("audit", "drafts", "socket", "requests")}, (
            module.name
        )
        assert not {"urllib.request", "http.client"} & imported, module.name
