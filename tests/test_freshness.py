"""Facts age from the day of the copy, never from the day of the look-up."""

from __future__ import annotations

from pathlib import Path

import pytest

from build_scripts import freshness, pages, review


def small(project: Path) -> review.Review:
    return review.load(project)


def test_due_counts_from_the_newest_copy(project: Path) -> None:
    found = small(project)
    assert freshness.due(found.trials["NCT00000001"]) == "2025-09-05"
    assert freshness.due(found.trials["NCT00000002"]) is None
    assert freshness.due(found.agents["inventumab"].approvals[0]) == "2020-06-02"
    assert freshness.due(found.agents["inventumab"].approvals[1]) is None


@pytest.mark.parametrize(
    ("as_of", "expected"), [("2025-06", "2025-08-30"), ("2025", "2025-04-01"), ("2025-06-07", "2025-09-05")]
)
def test_a_day_given_in_part_vouches_for_its_beginning(as_of: str, expected: str, project: Path) -> None:
    path = project / "content/trials/NCT00000001.yml"
    path.write_text(
        path.read_text().replace("study/NCT00000001, as_of: 2025-06-07", f"study/NCT00000001, as_of: {as_of}")
    )
    assert freshness.due(small(project).trials["NCT00000001"]) == expected


def test_a_paper_does_not_date_the_status_of_its_trial(project: Path) -> None:
    path = project / "content/trials/NCT00000001.yml"
    path.write_text(path.read_text().replace("as_of: 2020-02-02", "as_of: 2026-01-01"))
    assert freshness.due(small(project).trials["NCT00000001"]) == "2025-09-05"


def test_unverified_rows_are_named(project: Path) -> None:
    found = small(project)
    fresh = freshness.of("agent", found.agents["inventumab"])
    assert (fresh.rows, fresh.verified) == (5, 4)
    assert fresh.unverified == (("approvals[1].events[2]", "no page gives the day"),)
    assert fresh.last == "2026-01-10"


def test_the_page_says_when_a_new_look_is_due(project: Path) -> None:
    page = pages.render(small(project))["trials/NCT00000001.md"]
    assert 'data-due="2025-09-05"' in page or 'data-due="2020-06-02"' in page
