"""references.bib: its entries as records, their problems, and the one house style in which they are printed."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from types import MappingProxyType
from typing import Annotated, Any, Literal

import bibtexparser
from bibtexparser import model as bib
from pydantic import AfterValidator

from build_scripts.model import parse
from build_scripts.record import Checked, Record
from build_scripts.scalars import DOI, PMID, Count, Text, Url, wrong
from build_scripts.source import MOST, Problem, Source, most

KEY = re.compile(r"[a-z]+[0-9]{4}[a-z0-9]+")

UNREADABLE = "this entry cannot be read; is a brace, a comma or a quote missing?"

# The parser reports on stderr what we report as problems.
logging.getLogger("bibtexparser").setLevel(logging.CRITICAL)


def _doi(value: str) -> str:
    if not DOI.fullmatch(value):
        raise wrong(f"'{value}' is not a DOI; it starts with 10. and has no https://doi.org/ before it")
    return value


def _pmid(value: str) -> str:
    if not PMID.fullmatch(value):
        raise wrong(f"'{value}' is not a PMID: one to eight digits")
    return value


class Reference(Record):
    """One entry of references.bib."""

    kind: Literal["article", "book", "incollection", "inproceedings", "misc", "techreport"]
    """The type of entry."""
    author: tuple[Text, ...]
    """Authors as `Family, Given`; `others` closes a list that was cut."""
    title: Text
    """The title."""
    journal: Text | None = None
    """The journal, in full or as PubMed abbreviates it."""
    publisher: Text | None = None
    """Who published it, where there is no journal."""
    year: Count
    """The year of the issue."""
    volume: Text | None = None
    """The volume."""
    number: Text | None = None
    """The issue."""
    pages: Text | None = None
    """Pages or article number."""
    doi: Annotated[str, AfterValidator(_doi)] | None = None
    """The DOI."""
    pmid: Annotated[str, AfterValidator(_pmid)] | None = None
    """The PubMed identifier."""
    url: Url | None = None
    """The address, where there is no DOI."""
    checked: Checked
    """How the entry was checked."""
    check_note: Text | None = None
    """Which field was seen where, if not all on one page."""

    @property
    def address(self) -> str | None:
        """Where readers find the paper."""
        if self.doi:
            return f"https://doi.org/{self.doi}"
        if self.pmid:
            return f"https://pubmed.ncbi.nlm.nih.gov/{self.pmid}/"
        return self.url

    @property
    def label(self) -> str:
        """First author and year, as a link to the reference."""
        family = self.author[0].split(",")[0]
        return f"{family}{' et al.' if len(self.author) > 1 else ''} {self.year}"


def load(text: str, file: str) -> tuple[dict[str, Reference], dict[str, Source], tuple[Problem, ...]]:
    """The references by key, their sources by key, and every problem of the bibliography."""
    library = bibtexparser.parse_string(text)
    references: dict[str, Reference] = {}
    sources: dict[str, Source] = {}
    problems = list(_failed(library, text, file))
    first: dict[str, int] = {}
    for entry in library.entries:
        line = entry.start_line + 1
        if not KEY.fullmatch(entry.key):
            problems.append(
                Problem(
                    file,
                    line,
                    "",
                    f"'{entry.key}' is not a key: family name, year and a word, such as robert2015pembrolizumab",
                )
            )
            continue
        if entry.key in first:
            problems.append(Problem(file, line, "", f"'{entry.key}' is given twice, first on line {first[entry.key]}"))
            continue
        first[entry.key] = line
        source = sources[entry.key] = _source(entry, file)
        parsed = parse(source, Reference)
        if isinstance(parsed, Reference):
            references[entry.key] = parsed
        else:
            problems += [Problem(p.file, p.line, f"{entry.key}.{p.field}".rstrip("."), p.message) for p in parsed]
    problems += _twice(references, sources)
    return references, sources, most(problems, 10 * MOST)


def _source(entry: bib.Entry, file: str) -> Source:
    """A BibTeX entry in the form of a YAML record, so that one model and one set of messages serves both."""
    value: dict[str, Any] = {"kind": entry.entry_type, "checked": {}}
    lines: dict[tuple[str | int, ...], int] = {(): entry.start_line + 1}
    for field in entry.fields:
        name, text = field.key, _unbraced(str(field.value))
        line = (field.start_line if field.start_line is not None else entry.start_line) + 1
        if name == "note-check":
            path: tuple[str | int, ...] = ("check_note",)
        elif name == "unverified" or name.startswith("checked-"):
            path = ("checked", name.removeprefix("checked-").replace("-", "_"))
        else:
            path = (name,)
        lines[path] = line
        lines.setdefault(path[:1], line)
        if len(path) == 2:
            value["checked"][path[1]] = text
        else:
            value[name if path == (name,) else path[0]] = re.split(r"\s+and\s+", text) if name == "author" else text
    return Source(file, value, MappingProxyType(lines))


def _unbraced(text: str) -> str:
    return " ".join(text.replace("{", "").replace("}", "").split())


def _failed(library: bibtexparser.Library, text: str, file: str) -> Iterator[Problem]:
    """What the parser could not read, and what it passes in silence."""
    for block in library.failed_blocks:
        line = (block.start_line or 0) + 1
        match block:
            case bib.DuplicateBlockKeyBlock():
                first = (block.previous_block.start_line or 0) + 1
                yield Problem(file, line, "", f"'{block.key}' is given twice, first on line {first}")
            case bib.DuplicateFieldKeyBlock():
                names = ", ".join(sorted(block.duplicate_keys))
                yield Problem(file, line, names, "given twice in one entry")
            case _:
                yield Problem(file, line, "", UNREADABLE)
    for comment in library.comments:
        if isinstance(comment, bib.ImplicitComment):
            words = [row for row in comment.comment.splitlines() if row.strip() and not row.lstrip().startswith("%")]
            if words:
                line = (comment.start_line or 0) + 1
                yield Problem(file, line, "", f"stray text '{words[0].strip()[:40]}'; a comment starts with %")
    for entry in library.entries:
        for field in entry.fields:
            if "\\" in str(field.value) or "$" in str(field.value):
                line = (field.start_line if field.start_line is not None else entry.start_line) + 1
                yield Problem(file, line, f"{entry.key}.{field.key}", "holds LaTeX; write the character itself (é, β)")


def _twice(references: dict[str, Reference], sources: dict[str, Source]) -> Iterator[Problem]:
    """Two entries never stand for one DOI or one PMID."""
    for field in ("doi", "pmid"):
        first: dict[str, str] = {}
        for key, reference in references.items():
            value = getattr(reference, field)
            if value is None:
                continue
            if (other := first.setdefault(value.lower(), key)) != key:
                source = sources[key]
                yield Problem(
                    source.file,
                    source.line((field,)),
                    f"{key}.{field}",
                    f"'{value}' is also that of '{other}'; keep one entry",
                )


def names(reference: Reference) -> list[tuple[str, str]]:
    """The authors as (family, given); a group has no given name; `others` is left out."""
    found = []
    for author in reference.author:
        if author == "others":
            continue
        family, _, given = author.partition(",")
        found.append((family.strip(), given.strip()))
    return found


def printed(reference: Reference, most: int = 3) -> str:
    """A reference in the house style (ICMJE): authors, title, journal, year, volume, pages."""
    short = [" ".join(filter(None, (family, _initials(given)))) for family, given in names(reference)]
    cut = len(short) > most or reference.author[-1] == "others"
    who = ", ".join(short[:most]) + (", et al" if cut else "")
    volume = reference.volume or ""
    if volume and reference.number:
        volume += f"({reference.number})"
    pages = (reference.pages or "").replace("--", "–")
    place = ":".join(filter(None, (volume, pages)))
    where = " ".join(filter(None, (reference.journal or reference.publisher, str(reference.year))))
    title = reference.title.rstrip(".")
    return f"{who}. {title}. {where}{';' + place if place else ''}."


def _initials(given: str) -> str:
    if given.isupper() and len(given) <= 3 and "." not in given:
        return given
    return "".join(part[0] for part in re.split(r"[\s.\-]+", given) if part)
