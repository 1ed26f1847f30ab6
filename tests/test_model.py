"""Scalars and derived facts of the records."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from build_scripts import scalars
from build_scripts.ledger import Approval, Event
from build_scripts.record import Basis, Checked, Record
from build_scripts.scalars import Day


def event(kind: str, day: str) -> Event:
    return Event(
        event=kind, date=day, source=Basis(page="https://example.org/"), checked=Checked(unverified="invented")
    )


def use(*events: Event) -> Approval:
    return Approval(
        id="x", regulator="FDA", cancer="melanoma", setting="advanced", line="first", population="p",
        pathway="accelerated", trials=("NCT00000001",), events=events,
    )  # fmt: skip


def test_status_is_derived() -> None:
    a = use(event("approved", "2020-03-04"), event("narrowed", "2021-01-01"), event("withdrawn", "2021-07-08"))
    assert (a.status, a.approved_on, a.withdrawn_on) == ("withdrawn", "2020-03-04", "2021-07-08")
    again = use(*a.events, event("approved", "2023-01-01"))
    assert (again.status, again.approved_on, again.withdrawn_on) == ("in force", "2020-03-04", None)


@pytest.mark.parametrize(
    ("day", "expected"),
    [("2020-03-03", False), ("2020-03-04", True), ("2021-07-07", True), ("2021-07-08", False)],
)
def test_in_force_on(day: str, expected: bool) -> None:
    a = use(event("approved", "2020-03-04"), event("withdrawn", "2021-07-08"))
    assert a.in_force_on(day) is expected


def test_days_of_unequal_precision() -> None:
    assert Day("2020").before("2021-01-01")
    assert not Day("2020").before("2020-06")
    assert not Day("2020-06").before("2020")
    assert Day("2020-05").before("2020-06-01")


@pytest.mark.parametrize("value", ["20", "2020-13", "2021-02-29", "2020-1-1", "2020-01-01T00:00", "1735689600", "NO"])
def test_no_day(value: str) -> None:
    with pytest.raises(ValidationError):
        event("approved", value)


def test_records_are_frozen_and_refuse_unknown_fields() -> None:
    checked = Checked(unverified="x")
    with pytest.raises(ValidationError):
        checked.unverified = "y"  # type: ignore[misc]
    with pytest.raises(ValidationError):
        Checked(unverifed="x")  # type: ignore[call-arg]


def test_every_field_is_described() -> None:
    kinds = [Record, *Record.__subclasses__()]
    for kind in kinds:
        kinds += [sub for sub in kind.__subclasses__() if sub not in kinds]
    assert len(kinds) > 20
    silent = [
        f"{kind.__name__}.{name}" for kind in kinds for name, info in kind.model_fields.items() if not info.description
    ]
    assert silent == []


@pytest.mark.parametrize("number", ["NCT0000001", "NCT000000011", "nct00000001", "NCT 00000001", "NCT0000000O"])
def test_no_registry_number(number: str) -> None:
    assert not scalars.NCT.fullmatch(number)
