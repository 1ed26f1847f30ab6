"""Uses in force in a few words: the answer that stands above the tables of a cancer and of an agent."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from markupsafe import Markup

from build_scripts import words
from build_scripts.columns import Page, listed, names
from build_scripts.rows import ApprovalRow
from build_scripts.tables import setting


def by_setting(page: Page, uses: Sequence[ApprovalRow]) -> list[tuple[str, Markup]]:
    """The regimens of some uses by setting, in the vocabularies' order; each leads to its first use there, and gives its years."""
    settings, lines = (list(page.review.vocabularies[name]) for name in ("settings", "lines"))

    def place(use: ApprovalRow) -> tuple[int, int]:
        return settings.index(use.setting), lines.index(use.line)

    found = []
    for _, group in groupby(sorted(uses, key=lambda use: (*place(use), use.approved_on, use.id)), place):
        owners: dict[tuple[str, str], list[ApprovalRow]] = {}
        for use in group:
            owners.setdefault(_owner(use), []).append(use)
        first = next(iter(owners.values()))[0]
        regimens = listed([_dated(page, owner, its) for owner, its in owners.items()])
        found.append((words.capital(setting(page.review, first.setting, first.line)), regimens))
    return found


def by_cancer(page: Page, uses: Sequence[ApprovalRow]) -> Markup:
    """The cancers of some uses, each with the year of the oldest, oldest first."""
    since: dict[str, str] = {}
    for use in sorted(uses, key=lambda use: (use.approved_on, use.id)):
        for cancer in (use.cancer, *use.also_in):
            since.setdefault(cancer, use.approved_on[:4])
    return listed([page.link("cancer", cancer) + f" ({year})" for cancer, year in since.items()])


def _owner(use: ApprovalRow) -> tuple[str, str]:
    return ("combination", use.combination) if use.combination else ("agent", use.agents[0])


def _dated(page: Page, owner: tuple[str, str], uses: Sequence[ApprovalRow]) -> Markup:
    kind, id = owner
    years = dict.fromkeys(use.approved_on[:4] for use in uses)
    return page.link("approval", uses[0].id, names(page.review, kind, [id])[0]) + f" ({', '.join(years)})"
