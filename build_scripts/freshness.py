"""How long a fact keeps, and what the checks of a record come to; the clock is the commit's, or the reader's own."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from build_scripts.ledger import Approval, Trial
from build_scripts.record import Checked, Record
from build_scripts.source import Path, dotted

SHELF_LIFE: dict[type[Record], int] = {Approval: 90, Trial: 90}
"""Days for which the newest copy read vouches for what changes without notice."""

USUAL_LIFE = 365
"""Days for every other record, and for a conclusion; a printed page, a reference and a search do not age."""

AGELESS = ("reference", "review", "paper", "search", "term", "family", "concept")


@dataclass(frozen=True)
class Freshness:
    """What the checks of a record, and of the approvals shown with it, come to."""

    rows: int
    verified: int
    last: str | None
    oldest_copy: str | None
    undated: int
    due: str | None
    unverified: tuple[tuple[str, str], ...]


def of(
    kind: str, record: Record, uses: Iterable[tuple[str, Approval]] = (), evidence: Iterable[Record] = ()
) -> Freshness:
    """How many rows were checked, when last, how old the oldest copy was, and when a new look is due."""
    uses = tuple(uses)
    checks = [*_checks(record), *(found for id, approval in uses for found in _checks(approval, (id,)))]
    checks += [found for item in evidence for found in _checks(item)]
    dues = [] if kind in AGELESS else [due(record)]
    dues += [due(approval) for _, approval in uses if approval.status == "in force"]
    return _summed(checks, dues)


def of_all(records: Iterable[Record]) -> Freshness:
    """What the checks of many records come to, for the page that lists them."""
    return _summed([found for record in records for found in _checks(record)], [])


def _summed(checks: list[tuple[Path, Checked]], dues: list[str | None]) -> Freshness:
    good = [check for _, check in checks if check.verified]
    days = [check.known_as_of for check in good if check.known_as_of]
    return Freshness(
        rows=len(checks),
        verified=len(good),
        last=max((str(check.date) for check in good), default=None),
        oldest_copy=min(days, default=None),
        undated=sum(check.known_as_of is None for check in good),
        due=min(filter(None, dues), default=None),
        unverified=tuple((dotted(path[:-1]) or "record", str(c.unverified)) for path, c in checks if not c.verified),
    )


def due(record: Record) -> str | None:
    """The day after which a record wants a new look, counted from the newest copy read; None if none had a day."""
    if isinstance(record, Approval) and record.status == "withdrawn":
        return None
    if judged := [c.date for c in getattr(record, "conclusions", ())]:
        return (_first_day(max(judged)) + timedelta(days=USUAL_LIFE)).isoformat()
    newest = max(
        (c.known_as_of for _, c in _checks(record, inside=not isinstance(record, Trial)) if c.known_as_of), default=None
    )
    if newest is None:
        return None
    return (_first_day(newest) + timedelta(days=SHELF_LIFE.get(type(record), USUAL_LIFE))).isoformat()


def _first_day(day: str) -> date:
    # A copy of "2024" vouches for nothing after the first of January.
    return date.fromisoformat(f"{day}-01-01"[:10])


def _checks(
    record: Record, under: tuple[str, ...] = (), inside: bool = True
) -> list[tuple[tuple[str | int, ...], Checked]]:
    """The checks of a record with their paths; without those of its rows for a trial, whose papers do not date its status."""
    found = [((*under, *path), check) for path, check in record.checks]
    return found if inside else [(path, check) for path, check in found if path == ("checked",)]
