"""How to cite a page of this site: as a sentence, as BibTeX and as RIS, with the version that was read."""

from __future__ import annotations

from dataclasses import dataclass

from build_scripts import words
from build_scripts.history import Commit
from build_scripts.linked_data import NAME


@dataclass(frozen=True)
class Citable:
    """The three forms."""

    plain: str
    bibtex: str
    ris: str


def version(made_from: Commit) -> str:
    """The commit as pages print it."""
    name, changed, _ = made_from.name.partition("-")
    return f"{name[:12]}{'-changed' if changed else ''}"


def page(title: str, path: str, made_from: Commit | None) -> Citable:
    """The forms for one page; a tree without history has no version and no day, and says so."""
    read = version(made_from) if made_from else "without history"
    day = made_from.day if made_from else None
    key = words.slug(f"icb-resistance-{path.removesuffix('.md').replace('/index', '')}")
    when = f" {day}." if day else ""
    fields = {"author": f"{{{NAME} contributors}}", "title": title, "howpublished": NAME, "year": day and day[:4]}
    fields |= {"note": f"Version {read}{f', {day}' if day else ''}, CC BY 4.0"}
    body = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items() if value)
    lines = [("TY", "ELEC"), ("AU", f"{NAME} contributors"), ("TI", title), ("T2", NAME), ("ET", read)]
    lines += [("DA", day.replace("-", "/"))] if day else []
    return Citable(
        f"{NAME}. {title}. Version {read}.{when} CC BY 4.0.",
        f"@misc{{{key},\n{body}}}",
        "".join(f"{tag}  - {value}\n" for tag, value in [*lines, ("ER", "")]),
    )
