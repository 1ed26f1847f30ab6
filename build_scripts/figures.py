"""Figures drawn from the records: SVG with a title and a description, and the same facts as a table beside it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from markupsafe import Markup

from build_scripts.tables import Page


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
        '<figure class="chart"><svg viewBox="0 0 {w} {h:.0f}" role="img" aria-labelledby="by-year-title by-year-desc">'
        '<title id="by-year-title">Uses approved and withdrawn by year</title><desc id="by-year-desc">{d}.</desc>'
        '<line x1="0" x2="{w}" y1="{zero:.1f}" y2="{zero:.1f}"/>{bars}</svg>'
        "<figcaption>Uses of checkpoint inhibitors by the year of their first US approval (above the line) and of their "
        "withdrawal (below it), counted from the approval records; subcutaneous forms are left out.</figcaption>"
        "<details><summary>The same in words</summary><p>{d}.</p></details></figure>"
    ).format(w=16 + len(years) * width, h=zero + least * unit + 38, d=described, zero=zero, bars=bars)


FIGURES: dict[str, Callable[[Page], Markup]] = {"approvals-by-year": approvals_by_year}
"""What `{{ figure('...') }}` can show."""
