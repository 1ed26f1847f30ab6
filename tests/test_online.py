"""Asks the registries about every trial and every reference; `pytest -m online -rs` runs it and shows what was skipped."""

from __future__ import annotations

import functools
import re
from pathlib import Path

import pytest

from build_scripts import review
from build_scripts.cite import Reference
from build_scripts.registry import (
    Client,
    Malformed,
    NotFound,
    Service,
    Unreachable,
    compare_reference,
    compare_trial,
)

ROOT = Path(__file__).resolve().parent.parent
REVIEW = review.load(ROOT)
CLIENT = Client()
PROBES = {CLIENT.trials: "/version", CLIENT.works: "/types", CLIENT.papers: "/einfo.fcgi?retmode=json"}


@functools.cache
def unreachable(service: Service) -> str | None:
    """Why a service cannot be asked from here, found out once and quickly; None if it answers anything at all."""
    try:
        Client(timeout=3, waits=()).fetch(service, PROBES[service], "is it there")
    except Unreachable as error:
        return str(error)
    except (NotFound, Malformed):
        return None
    return None


def need(service: Service) -> None:
    """Skips the test, with the reason, where a service is out of reach."""
    if reason := unreachable(service):
        pytest.skip(reason)


@pytest.mark.online
@pytest.mark.parametrize("nct", REVIEW.trials)
def test_trial(nct: str) -> None:
    """ClinicalTrials.gov knows the number and says what the record says."""
    need(CLIENT.trials)
    assert_none(compare_trial(REVIEW.trials[nct], CLIENT.trial(nct)))


@pytest.mark.online
@pytest.mark.parametrize("key", REVIEW.references)
def test_reference(key: str) -> None:
    """Crossref knows the DOI and PubMed the PMID, and both say what the reference says."""
    reference = REVIEW.references[key]
    if not (reference.doi or reference.pmid):
        pytest.skip("neither DOI nor PMID: nothing to ask by")
    for service in services(reference):
        need(service)
    drift: tuple[str, ...] = ()
    if reference.doi:
        drift += compare_reference(reference, CLIENT.work(reference.doi))
    if reference.pmid:
        drift += compare_reference(reference, CLIENT.paper(reference.pmid))
    assert_none(drift)


def services(reference: Reference) -> list[Service]:
    """The services that list a reference."""
    return [service for id, service in ((reference.doi, CLIENT.works), (reference.pmid, CLIENT.papers)) if id]


def assert_none(drift: tuple[str, ...]) -> None:
    """Fails with one line for each difference."""
    if drift:
        pytest.fail("\n".join(drift), pytrace=False)


# What guards the tests above; the first runs everywhere, the second also where only the online tests run.


def ids_of(test: object) -> list[str]:
    """The ids for which a test runs, as pytest sees them."""
    return [id for mark in test.pytestmark if mark.name == "parametrize" for id in mark.args[1]]  # type: ignore[attr-defined]


def test_every_trial_and_reference_has_a_test() -> None:
    """No number and no key is left out: neither of the review, nor of the files as they lie there."""
    files = sorted(path.stem for path in (ROOT / "content" / "trials").glob("NCT*.yml"))
    keys = re.findall(r"^@\w+\{\s*([^,\s]+)", (ROOT / "references.bib").read_text(encoding="utf-8"), re.MULTILINE)
    assert ids_of(test_trial) == list(REVIEW.trials) == files != []
    assert ids_of(test_reference) == list(REVIEW.references) == sorted(keys) != []


@pytest.mark.online
def test_there_is_something_to_ask() -> None:
    """An empty list would pass in silence."""
    test_every_trial_and_reference_has_a_test()
