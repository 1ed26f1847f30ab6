"""Figures drawn from the records: SVG with a title and a description, and the same facts as a table beside it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from markupsafe import Markup

from build_scripts import ledger_figures, resistance_figures
from build_scripts.columns import Page


def approvals_by_year(page: Page) -> Markup:
    """How many uses were approved and withdrawn in each year, as bars with a text twin."""
    # A subcutaneous form repeats the uses of its antibody; counting both would show a jump that is none.
    forms = {id for id, agent in page.review.agents.items() if agent.form_of}
    uses = [use for use in page.review.uses.values() if not forms.intersection(use.components)]
    approved = Counter(u.approval.approved_on[:4] for u in uses)
    ended = Counter(str(u.approval.withdrawn_on)[:4] for u in uses if u.approval.withdrawn_on)
    if not approved:
        return Markup("")
    years = [str(y) for y in range(int(min(approved)), int(max(approved | ended)) + 1)]
    most = max(approved.values())
    least = max(ended.values(), default=0)
    unit = 150 / (most + least)
    width, zero = 32, 24 + most * unit
    bars = Markup("").join(
        Markup(
            '<g><title>{y}: {a} approved, {w} withdrawn</title><rect class="bar" x="{x}" y="{top:.1f}" width="22" height="{up:.1f}"/>'
            '<rect class="bar gone" x="{x}" y="{zero:.1f}" width="22" height="{down:.1f}"/>'
            '<text x="{mid}" y="{label:.1f}">{a}</text>{gone}<text class="axis" x="{mid}" y="{base:.1f}">{short}</text></g>'
        ).format(
            y=year, a=approved[year], w=ended[year], x=8 + i * width, mid=19 + i * width,
            top=zero - approved[year] * unit, up=approved[year] * unit, zero=zero, down=ended[year] * unit,
            label=zero - approved[year] * unit - 4, base=zero + least * unit + 30, short="’" + year[2:],
            gone=Markup('<text x="{}" y="{:.1f}">−{}</text>').format(19 + i * width, zero + ended[year] * unit + 12, ended[year])
            if ended[year] else "",
        )
        for i, year in enumerate(years)
    )  # fmt: skip
    described = "; ".join(f"{y}: {approved[y]} approved, {ended[y]} withdrawn" for y in years)
    return Markup(
        '<figure data-search-exclude class="chart"><svg viewBox="0 0 {w} {h:.0f}" role="img" aria-labelledby="by-year-title by-year-desc">'
        '<title id="by-year-title">Uses approved and withdrawn by year</title><desc id="by-year-desc">{d}.</desc>'
        '<line x1="0" x2="{w}" y1="{zero:.1f}" y2="{zero:.1f}"/>{bars}</svg>'
        "<figcaption>Uses of checkpoint inhibitors by the year of their first US approval (above the line) and of their "
        "withdrawal (below it), counted from the approval records; subcutaneous forms are left out.</figcaption>"
        "<details><summary>The same in words</summary><p>{d}.</p></details></figure>"
    ).format(w=16 + len(years) * width, h=zero + least * unit + 38, d=described, zero=zero, bars=bars)


def approvals_timeline(page: Page) -> Markup:
    """Every first approval and every withdrawal of a use, one lane an antibody, with a text twin."""
    agents = {id: agent for id, agent in page.review.agents.items() if agent.form_of is None}
    lanes = {
        id: sorted(
            (u for u in page.review.uses.values() if id in u.components), key=lambda u: (u.approval.approved_on, u.id)
        )
        for id in agents
    }
    lanes = dict(
        sorted(((id, uses) for id, uses in lanes.items() if uses), key=lambda lane: lane[1][0].approval.approved_on)
    )
    if not lanes:
        return Markup("")
    first = min(int(uses[0].approval.approved_on[:4]) for uses in lanes.values())
    last = max(int(u.approval.last_event.date[:4]) for uses in lanes.values() for u in uses) + 1
    left, wide, high = 108, 34, 22

    def x(day: str) -> float:
        year, month, *_ = [int(part) for part in (day + "-07-01").split("-")[:3]]
        return left + (year - first + (month - 1) / 12) * wide

    rows, said = Markup(""), []
    for index, (id, uses) in enumerate(lanes.items()):
        y = 30 + index * high
        gone = [u for u in uses if u.approval.withdrawn_on]
        marks = Markup("").join(
            Markup('<circle cx="{:.1f}" cy="{}" r="4"><title>{}</title></circle>').format(
                x(u.approval.approved_on), y, f"{u.approval.approved_on} approved: {u.id}"
            )
            for u in uses
        ) + Markup("").join(
            Markup('<path class="gone" d="M{0:.1f} {1}l8 8m0 -8l-8 8"><title>{2}</title></path>').format(
                x(str(u.approval.withdrawn_on)) - 4, y - 4, f"{u.approval.withdrawn_on} withdrawn: {u.id}"
            )
            for u in gone
        )
        rows += Markup(
            '<g><a href="{}"><text class="lane" x="{}" y="{}">{}</text></a><line x1="{}" x2="{}" y1="{}" y2="{}"/>{}</g>'
        ).format(
            page.url(f"agents/{id}.md"),
            left - 8,
            y + 4,
            agents[id].name,
            left,
            left + (last - first) * wide,
            y,
            y,
            marks,
        )
        withdrawn = f", {len(gone)} withdrawn" if gone else ""
        said.append(f"{agents[id].name}: {len(uses)} uses since {uses[0].approval.approved_on}{withdrawn}")
    years = Markup("").join(
        Markup('<text class="axis" x="{}" y="14">’{}</text>').format(left + (year - first) * wide, str(year)[2:])
        for year in range(first, last + 1)
    )
    return Markup(
        '<figure data-search-exclude class="chart timeline" tabindex="0" role="group" aria-label="Approvals and withdrawals by antibody"><svg viewBox="0 0 {w} {h}" role="group" aria-labelledby="timeline-title timeline-desc">'
        '<title id="timeline-title">Approvals and withdrawals by antibody</title><desc id="timeline-desc">{d}.</desc>{years}{rows}</svg>'
        "<figcaption>Each dot is the first US approval of a use, alone or in a combination; each cross is a withdrawal. "
        'A date known to the year or month stands at its middle. <a href="{table}">All events as a table</a>.</figcaption>'
        "<details><summary>The same in words</summary><p>{d}.</p></details></figure>"
    ).format(
        w=left + (last - first) * wide + 20, h=30 + len(lanes) * high, d="; ".join(said), years=years, rows=rows,
        table=page.url("approvals/by-year.md"),
    )  # fmt: skip


FIGURES: dict[str, Callable[[Page], Markup]] = {
    "approvals-by-year": approvals_by_year,
    "approvals-timeline": approvals_timeline,
    **ledger_figures.FIGURES,
    **resistance_figures.FIGURES,
}
"""What `{{ figure('...') }}` can show."""
