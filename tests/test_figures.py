"""Figures and short answers: what they say is counted from the records."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from build_scripts import glance, ledger_figures, pages, review
from build_scripts.drawing import stacked
from build_scripts.links import SERVED
from build_scripts.rows import by_id


@pytest.fixture
def page(project: Path) -> Callable[..., pages.Page]:
    """A page of the small review, read after the test has changed a file."""

    def made(file: str = "", old: str = "", new: str = "") -> pages.Page:
        if file:
            path = project / "content" / file
            text = path.read_text(encoding="utf-8")
            assert old in text
            path.write_text(text.replace(old, new, 1), encoding="utf-8")
        return pages.Page(review.load(project), "about.md", SERVED)

    return made


def said(drawing: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", drawing).split())


SECOND = """
  - {id: os-interim, analysis: interim, endpoint: overall survival, measure: hazard ratio, arms: [a, b], value: '0.81',
     unit: ratio, ci: {level: 95, low: '0.20', high: '0.99'}, outcome: positive, source: {cite: doe2020first},
     checked: {date: 2026-01-10, page: 'https://doi.org/10.5555/first', as_of: 2020-02-02}POPULATION}
"""


def test_forest_shows_the_last_read_out_of_an_endpoint(page: Callable[..., pages.Page]) -> None:
    plain = said(ledger_figures.forest(page(), "melanoma"))
    assert "0.60 (0.50 to 0.72)" in plain and "INVENT-1, overall survival: 0.60" in plain
    later = ledger_figures.forest(page("trials/NCT00000001.yml", "readouts:\n", "readouts:" + SECOND.replace("POPULATION", "")), "melanoma")  # fmt: skip
    assert "0.60 (" in said(later) and "0.81 (" not in said(later)


def test_forest_prefers_the_whole_population_and_marks_a_part(page: Callable[..., pages.Page]) -> None:
    part = SECOND.replace("POPULATION", ", population: the tall")
    whole_first = page("trials/NCT00000001.yml", "readouts:\n", "readouts:" + part)
    assert "0.60 (" in (drawn := said(ledger_figures.forest(whole_first, "melanoma"))) and "0.81" not in drawn
    only = page("trials/NCT00000001.yml", "    data_cut: 2019", "    population: the small\n    data_cut: 2019")
    drawn = ledger_figures.forest(only, "melanoma")
    # Both are parts now: the later one stands.
    assert "INVENT-1</a> *" in drawn and "overall survival, the small: 0.60" in drawn


def test_forest_axis_reaches_every_interval(page: Callable[..., pages.Page]) -> None:
    def ticks(drawing: str) -> list[str]:
        return re.findall(r'class="middle small">([\d.]+)<', drawing)

    assert ticks(ledger_figures.forest(page(), "melanoma")) == ["0.5", "1", "2"]
    wide = page("trials/NCT00000001.yml", "low: '0.50', high: '0.72'", "low: '0.20', high: '2.40'")
    assert ticks(ledger_figures.forest(wide, "melanoma")) == ["0.125", "0.25", "0.5", "1", "2", "4"]


def test_forest_of_a_cancer_without_hazard_ratios_is_nothing(page: Callable[..., pages.Page]) -> None:
    assert not ledger_figures.forest(
        page("trials/NCT00000001.yml", "measure: hazard ratio", "measure: odds ratio"), "melanoma"
    )


def test_stacked_bars_share_one_scale() -> None:
    drawing, (_, height) = stacked([("a", "A"), ("b", "B")], ["x", "y"], {("a", "x"): 3, ("a", "y"): 1, ("b", "y"): 2})
    widths = re.findall(r'shade(\d)" x="([\d.]+)" y="\d+" width="([\d.]+)"', drawing)
    assert widths == [("0", "1.0", "240.0"), ("1", "241.0", "80.0"), ("1", "1.0", "160.0")]
    assert "<title>A, x: 3</title>" in drawing and height == 80


def test_trials_by_strategy_counts_the_trials_that_strategies_name(page: Callable[..., pages.Page]) -> None:
    shown = said(ledger_figures.trials_by_strategy(page()))
    named = {id: len(s.trials) for id, s in page().review.strategies.items() if s.trials}
    assert named == {"shouting": 1}
    assert "Shouting: phase 3: 1" in shown
    none = page("strategies/shouting.yml", "trials: [NCT00000001]", "trials: []")
    assert not ledger_figures.trials_by_strategy(none)


def test_glance_by_setting_gives_each_regimen_with_its_years(page: Callable[..., pages.Page]) -> None:
    here = page()
    uses = [row for row in by_id(here.review, "approvals").values() if row.status == "in force"]
    found = {setting: said(regimens) for setting, regimens in glance.by_setting(here, uses)}
    assert found == {"Advanced, first line": "Inventumab (2020), Inventumab and chemotherapy (2021)"}
    assert "agents/inventumab/#use-melanoma-advanced" in glance.by_setting(here, uses)[0][1]


def test_glance_by_cancer_gives_the_year_of_the_oldest(page: Callable[..., pages.Page]) -> None:
    here = page()
    uses = list(by_id(here.review, "approvals").values())
    assert said(glance.by_cancer(here, uses)) == "Melanoma (2020)"


def test_glance_follows_the_order_of_the_vocabularies(page: Callable[..., pages.Page]) -> None:
    here = page(
        "agents/inventumab.yml", "setting: advanced\n    line: first", "setting: adjuvant\n    line: not-applicable"
    )
    uses = list(by_id(here.review, "approvals").values())
    assert [setting for setting, _ in glance.by_setting(here, uses)] == [
        "Advanced, first line",
        "Advanced, previously treated",
        "Adjuvant",
    ]


def test_a_trial_shows_the_actions_of_which_it_was_the_ground(page: Callable[..., pages.Page]) -> None:
    assert page().actions_after("NCT00000001") == []
    there = page("agents/inventumab.yml", "date: 2021-07-08", "date: 2021-07-08\n        trials: [NCT00000001]")
    assert [(a.use.id, a.event.event) for a in there.actions_after("NCT00000001")] == [
        ("inventumab:melanoma-later", "withdrawn")
    ]
    assert "Actions of the regulator that followed from INVENT-1" in pages.render(there.review)["trials/NCT00000001.md"]
