"""Asks the registries about every trial and every reference; `pytest -m online -rs` shows what was skipped, and why."""

from __future__ import annotations

import contextlib
import functools
import re
import sys
from collections.abc import Iterator
from urllib.parse import quote

import pytest
import replay
from conftest import ROOT
from replay import Replay, Reply

from build_scripts import review
from build_scripts.registry import (
    Client,
    Malformed,
    NotFound,
    Service,
    Unreachable,
    compare_reference,
    compare_trial,
)

REVIEW = review.load(ROOT)
CLIENT = Client()
PROBES = {"ClinicalTrials.gov": "/version", "Crossref": "/types", "PubMed": "/einfo.fcgi?retmode=json"}


@functools.cache
def unreachable(service: Service) -> str | None:
    """Why a service cannot be asked from here, found out once and quickly; None if it answers anything at all."""
    try:
        with contextlib.suppress(NotFound, Malformed):
            Client(timeout=3, waits=()).fetch(service, PROBES[service.name], "probe")
    except Unreachable as error:
        return str(error)
    return None


@pytest.mark.online
@pytest.mark.parametrize("nct", REVIEW.trials)
def test_trial(nct: str) -> None:
    """ClinicalTrials.gov knows the number and says what the record says."""
    if reason := unreachable(CLIENT.trials):
        pytest.skip(reason)
    fail_on(compare_trial(REVIEW.trials[nct], CLIENT.trial(nct)))


@pytest.mark.online
@pytest.mark.parametrize("key", REVIEW.references)
def test_reference(key: str) -> None:
    """Crossref knows the DOI and PubMed the PMID, and both say what the reference says."""
    reference = REVIEW.references[key]
    questions = [
        (id, service, ask)
        for id, service, ask in (
            (reference.doi, CLIENT.works, CLIENT.work),
            (reference.pmid, CLIENT.papers, CLIENT.paper),
        )
        if id
    ]
    answers = [ask(id) for id, service, ask in questions if not unreachable(service)]
    fail_on(tuple(line for answer in answers for line in compare_reference(reference, answer)))
    if reasons := [reason for _, service, _ in questions if (reason := unreachable(service))]:
        pytest.skip("; ".join(reasons))
    if not questions:
        pytest.skip("neither DOI nor PMID: nothing to ask by")


def fail_on(drift: tuple[str, ...]) -> None:
    """Fails with one line for each difference."""
    if drift:
        pytest.fail("\n".join(drift), pytrace=False)


# That nothing is left out: the first test runs always, the second where only the online tests run.


def ids_of(test: object) -> list[str]:
    """The ids for which a test runs, as pytest sees them."""
    marks = test.pytestmark  # type: ignore[attr-defined]
    return [id for mark in marks if mark.name == "parametrize" for id in mark.args[1]]


def test_every_trial_and_reference_has_a_test() -> None:
    """No number and no key is left out, neither of the review nor of the files as they lie there."""
    files = sorted(path.stem for path in (ROOT / "content" / "trials").glob("NCT*.yml"))
    keys = re.findall(r"^@\w+\{\s*([^,\s]+)", (ROOT / "references.bib").read_text(encoding="utf-8"), re.MULTILINE)
    assert ids_of(test_trial) == list(REVIEW.trials) == files != []
    assert ids_of(test_reference) == list(REVIEW.references) == sorted(keys) != []


@pytest.mark.online
def test_there_is_something_to_ask() -> None:
    """Empty lists would pass in silence."""
    test_every_trial_and_reference_has_a_test()


# That the tests above can fail: the same tests, with a local server in place of the registries.

NUMBER = next(iter(REVIEW.trials))
KEY, PAPER = next((key, found) for key, found in REVIEW.references.items() if found.doi and found.pmid)


@pytest.fixture
def local(monkeypatch: pytest.MonkeyPatch) -> Iterator[Replay]:
    """A local server that stands for all three registries."""
    monkeypatch.setenv("no_proxy", "*")
    with replay.served() as server:
        monkeypatch.setattr(sys.modules[__name__], "CLIENT", client_of(server, server.address))
        yield server


def client_of(server: Replay, papers: str) -> Client:
    """A client of the local server that finds PubMed at another address."""
    return Client(
        trials=Service("ClinicalTrials.gov", server.address, 0),
        works=Service("Crossref", server.address, 0),
        papers=Service("PubMed", papers, 0),
    )


def crossref_says(server: Replay, title: str) -> None:
    """Lets the server answer for Crossref as the reference does, but with this title."""
    message = {"DOI": PAPER.doi, "title": [title], "issued": {"date-parts": [[PAPER.year]]}}
    server.on(f"/works/{quote(str(PAPER.doi), safe='')}", Reply({"message": message}))


def test_a_difference_fails(local: Replay) -> None:
    local.on(f"/studies/{NUMBER}", Reply(replay.study()))
    with pytest.raises(
        pytest.fail.Exception, match=r"title: the record says .*, the registry says 'A Study of Inventumab"
    ):
        test_trial(NUMBER)


def test_an_unknown_number_fails(local: Replay) -> None:
    with pytest.raises(NotFound, match=f"ClinicalTrials.gov, {NUMBER}: not known there"):
        test_trial(NUMBER)


def test_what_is_out_of_reach_is_skipped(monkeypatch: pytest.MonkeyPatch, local: Replay) -> None:
    """But not before what is within reach was asked."""
    with replay.served() as closed:
        pass
    monkeypatch.setattr(sys.modules[__name__], "CLIENT", client_of(local, closed.address))
    crossref_says(local, PAPER.title)
    with pytest.raises(pytest.skip.Exception, match="PubMed, probe: no connection"):
        test_reference(KEY)
    crossref_says(local, "Inventumab")
    with pytest.raises(pytest.fail.Exception, match=r"title: the reference says .*, Crossref says 'Inventumab'"):
        test_reference(KEY)
    monkeypatch.setattr(sys.modules[__name__], "CLIENT", client_of(closed, closed.address))
    with pytest.raises(pytest.skip.Exception, match=r"ClinicalTrials\.gov, probe: no connection"):
        test_trial(NUMBER)
    with pytest.raises(pytest.skip.Exception, match=r"Crossref, probe: .*; PubMed, probe: "):
        test_reference(KEY)


def test_nothing_to_ask_by_is_skipped(monkeypatch: pytest.MonkeyPatch, local: Replay) -> None:
    bare = PAPER.model_copy(update={"doi": None, "pmid": None})
    monkeypatch.setattr(sys.modules[__name__], "REVIEW", type("Bare", (), {"references": {"bare": bare}}))
    with pytest.raises(pytest.skip.Exception, match="neither DOI nor PMID"):
        test_reference("bare")
    assert local.asked == []
