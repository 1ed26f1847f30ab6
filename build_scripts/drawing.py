"""What the figures share: the frame with title, description, caption and text twin, and a matrix of dots."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape


def joined(parts: Iterable[Markup | str]) -> Markup:
    """Pieces of a drawing one after the other, each escaped if it is not markup."""
    return Markup("").join(escape(part) for part in parts)


def framed(
    id: str,
    title: str,
    said: str,
    size: tuple[float, float],
    drawing: Markup,
    caption: Markup,
    kind: str = "",
    twin: Markup | None = None,
) -> Markup:
    """A drawing as a figure: SVG with title and description, caption, and the same facts as text."""
    facts = twin if twin is not None else Markup("<p>{}</p>").format(said)
    return Markup(
        '<figure data-search-exclude class="chart {kind}" tabindex="0" role="group" aria-label="{title}">'
        '<svg viewBox="0 0 {w:.0f} {h:.0f}" width="{w:.0f}" height="{h:.0f}" role="{role}" aria-labelledby="{id}-title {id}-desc">'
        '<title id="{id}-title">{title}</title><desc id="{id}-desc">{said}</desc>{drawing}</svg>'
        "<figcaption>{caption}</figcaption>"
        "<details><summary>The same in words</summary>{facts}</details></figure>"
    ).format(
        kind=kind, title=title, id=id, said=said, w=size[0], h=size[1], drawing=drawing, caption=caption, facts=facts,
        # A picture may hold no link; what holds some is a group of them.
        role="group" if "<a " in drawing else "img",
    )  # fmt: skip


def text(x: float, y: float, words: str | Markup, anchor: str = "middle", kind: str = "") -> Markup:
    """One line of text."""
    return Markup('<text x="{:.1f}" y="{:.1f}" class="{} {}">{}</text>').format(x, y, anchor, kind, words)


def linked(address: str, inside: Markup) -> Markup:
    """A part of a drawing that leads somewhere."""
    return Markup('<a href="{}">{}</a>').format(address, inside)


@dataclass(frozen=True)
class Dot:
    """One filled cell of a matrix: how strong, and in which words."""

    strength: int
    words: str


def matrix(
    rows: Sequence[tuple[str, Markup]], columns: Sequence[tuple[str, str]], dots: Mapping[tuple[str, str], Dot]
) -> tuple[Markup, tuple[float, float]]:
    """Rows and columns with dots where they meet, and the size of the drawing; a stronger dot is larger and darker."""
    # A letter is about six units wide; the heads stand at fifty degrees.
    cell = 24.0
    left = 16 + 6 * max((len(label.striptags()) for _, label in rows), default=0)
    head = 6 * max((len(name) for _, name in columns), default=0)
    top = 24 + 0.77 * head
    width, height = left + len(columns) * cell + 0.65 * head, top + len(rows) * cell + 8
    heads = joined(
        Markup('<text class="start" transform="translate({:.1f} {:.1f}) rotate(-50)">{}</text>').format(
            left + (i + 0.6) * cell, top - 10, name
        )
        for i, (_, name) in enumerate(columns)
    )
    lines = joined(
        Markup('<line x1="{:.1f}" x2="{:.1f}" y1="{:.1f}" y2="{:.1f}"/>').format(
            left, left + len(columns) * cell, top + (i + 0.5) * cell, top + (i + 0.5) * cell
        )
        for i in range(len(rows))
    )
    labels = joined(text(left - 8, top + (i + 0.5) * cell + 4, label, "end") for i, (_, label) in enumerate(rows))
    at_row = {id: i for i, (id, _) in enumerate(rows)}
    at_column = {id: i for i, (id, _) in enumerate(columns)}
    marks = joined(
        Markup('<circle class="dot s{}" cx="{:.1f}" cy="{:.1f}" r="{}"><title>{}</title></circle>').format(
            dot.strength,
            left + (at_column[c] + 0.5) * cell,
            top + (at_row[r] + 0.5) * cell,
            3 + dot.strength * 2,
            dot.words,
        )
        for (r, c), dot in sorted(dots.items())
        if r in at_row and c in at_column
    )
    return heads + lines + labels + marks, (width, height)


def stacked(
    bars: Sequence[tuple[str, str | Markup]], parts: Sequence[str], counts: Mapping[tuple[str, str], int]
) -> tuple[Markup, tuple[float, float]]:
    """Horizontal bars cut into parts with their sum at the end, and the size of the drawing; shades repeat after four."""
    sums = {bar: sum(counts.get((bar, part), 0) for part in parts) for bar, _ in bars}
    unit = 320 / max(sums.values())
    drawn = []
    for i, (bar, label) in enumerate(bars):
        # The name stands above its bar, so that the drawing fits a phone.
        y, x = 14 + i * 36, 1.0
        drawn.append(text(0, y, label, "start"))
        for k, part in enumerate(parts):
            if n := counts.get((bar, part), 0):
                drawn.append(
                    Markup(
                        '<rect class="bar shade{}" x="{:.1f}" y="{}" width="{:.1f}" height="14"><title>{}</title></rect>'
                    ).format(k % 4, x, y + 4, n * unit, f"{escape(label).striptags()}, {part}: {n}")
                )
                x += n * unit
        drawn.append(text(x + 5, y + 15, str(sums[bar]), "start"))
    return joined(drawn), (360, 8 + len(bars) * 36)
