"""How values read on a page: registry words in plain English, dates, Markdown made inert."""

from __future__ import annotations

import re
import unicodedata

_PHASES = {
    "EARLY_PHASE1": "early phase 1",
    "PHASE1": "phase 1",
    "PHASE2": "phase 2",
    "PHASE3": "phase 3",
    "PHASE4": "phase 4",
    "NA": "no phase",
}

# Marks that mean something within a line; those that matter only at its start never come first here.
_MARKDOWN = re.compile(r"[\\`*_{}\[\]<>!|~^=$&\"']")


def phases(phase: tuple[str, ...]) -> str:
    """`phase 2`, or `phase 1/2` for a trial that spans two."""
    words = [_PHASES[p] for p in phase]
    if len(words) > 1 and all(w.startswith("phase ") for w in words):
        return "phase " + "/".join(w.removeprefix("phase ") for w in words)
    return ", ".join(words) or "not given"


_ALLOCATION = {"RANDOMIZED": "randomised", "NON_RANDOMIZED": "not randomised", "NA": "single group"}
_MASKING = {"NONE": "open label", "SINGLE": "single-masked", "DOUBLE": "double-masked", "TRIPLE": "triple-masked", "QUADRUPLE": "quadruple-masked"}  # fmt: skip


def design(allocation: str | None, masking: str | None, arms: int | None) -> str:
    """`randomised, open label, 3 arms`, out of what is known."""
    count = f"{arms} arm{'s' if arms != 1 else ''}" if arms else None
    return ", ".join(filter(None, (_ALLOCATION.get(allocation or ""), _MASKING.get(masking or ""), count)))


def status(word: str | None) -> str:
    """A registry status as a reader says it."""
    return word.replace("_", " ").lower().replace("active not", "active, not") if word else "not seen"


def number(value: int) -> str:
    """A count with a thin space between the thousands, as the SI asks."""
    return f"{value:,}".replace(",", "\u202f")


def joined(words: tuple[str, ...] | list[str], last: str = "and") -> str:
    """`a, b and c`."""
    return f"{', '.join(words[:-1])} {last} {words[-1]}" if len(words) > 1 else "".join(words)


def inert(text: str) -> str:
    """A text in which Markdown and HTML find nothing to do: every mark becomes a character reference."""
    return _MARKDOWN.sub(lambda m: f"&#{ord(m[0])};", " ".join(str(text).split()))


def capital(text: str) -> str:
    """The text with a capital first letter."""
    return text[:1].upper() + text[1:]


def slug(text: str) -> str:
    """Words as they stand in an address: lowercase letters and digits with hyphens between."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")
