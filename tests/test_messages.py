"""Files that are wrong in every way, against the complete list of what must be said about them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from build_scripts import cite, model, source

HERE = Path(__file__).parent

# Each line stands after the name of the file.
YAML = """\
2: nmae: unknown field; did you mean 'name'?
4: inn: given twice, first on line 3
5: brands: expected a list (lines that start with '- '), found the text 'Wrongex'
6: targets[2]: 'PD1' is not an id: lowercase words and hyphens
8: ids: expected fields (name: value), found a list
9: summary: expected text, found nothing
10: first_fda_approval: '2025-02-30' is no day of the calendar
11: source: name either a reference (cite) or a page, and not both
12: checked.as_of: 'yesterday' is not a date; write YYYY-MM-DD, YYYY-MM or YYYY
12: checked.page: 'example.org' is not a web address that starts with https://
14: routes: YAML aliases (*name) are not used here; write the value out
16: approvals[1].id: 'Melanoma Advanced' is not an id: lowercase words and hyphens
21: approvals[1].population: expected text, found a list
22: approvals[1].pathway: 'fast' is not one of accelerated or regular
23: approvals[1].trials[1]: 'NCT123' is not a registry number: NCT and eight digits
24: approvals[1].events: needs at least one entry
30: approvals[2].population: holds an invisible or direction-changing character; retype the text
34: approvals[2].events[1].event: 'aproved' is not one of approved, converted, narrowed, widened or withdrawn
35: approvals[2].events[1].date: '1735689600' is not a date; write YYYY-MM-DD, YYYY-MM or YYYY
36: approvals[2].events[1].source: name either a reference (cite) or a page, and not both
37: approvals[2].events[1].checked: unverified stands alone: take it out, or take out date, page, via and as_of
"""

BIBTEX = """\
1: stray text 'stray words'; a comment starts with %
2: 'Doe2020' is not a key: family name, year and a word, such as robert2015pembrolizumab
5: doe2020first: missing field 'author': authors as `Family, Given`; `others` closes a list that was cut
7: doe2020first.journal: holds LaTeX; write the character itself (é, β)
8: doe2020first.year: 'MMXX' is not a whole number
9: doe2020first.doi: 'https://doi.org/10.5555/x' is not a DOI; it starts with 10. and has no https://doi.org/ before it
10: doe2020first.pmid: '12a' is not a PMID: one to eight digits
12: doe2020first.pags: unknown field; did you mean 'pages'?
19: roe2021twin.doi: '10.5555/SAME' is also that of 'roe2021good'; keep one entry
21: 'roe2021good' is given twice, first on line 15
24: title: given twice in one entry
27: this entry cannot be read; is a brace, a comma or a quote missing?
"""

PROSE = """\
3: '[@doe2020first, p. 3]' is not a citation; write [@key] or [@key; @key]
3: no reference 'nobody1999nothing' in references.bib
4: '[[' is never closed
4: '[[agent]]' is not a link to a record; write [[kind:id]] or [[kind:id|words]]
4: no agent 'inventumb'; did you mean 'inventumab'?
4: no kind of record is called 'agnet'; did you mean 'agent'?
5: no block is called 'tabel'; did you mean 'table'?
5: no table is called 'trails'; did you mean 'trials'?
5: rows of 'trials' have no field 'agnets'; did you mean 'agents'?
5: the table 'trials' came out empty; is a filter misspelt?
6: '{{ count(agents) }}': what a block is given stands between quotes; write {{ name('argument') }} or {{ name('argument', filter='value') }}
6: '{{' is never closed
6: no count is called 'agnets'; did you mean 'agents'?
6: no figure is called 'approvals-by-yaer'; did you mean 'approvals-by-year'?
6: value: no record or field 'phse'
7: 'http://example.org/': links start with https:// or name a page of this site
7: 'javascript:alert(1': links start with https:// or name a page of this site
7: HTML is not used in prose; write Markdown, or put code between backticks
7: no heading 'no-such-place' on everything_wrong.md
7: no page 'agents/inventumb.md'; did you mean 'agents/inventumab.md'?; pages are named with .md, data with {{ }}
8: link definitions are not used in prose; write [words](address)
9: attribute lists { } are not used in prose
10: 'NCT 123' is not a registry number: NCT and eight digits
10: no trial record NCT00000003; did you mean 'NCT00000002'?
"""


def lines(file: str, expected: str) -> list[str]:
    return [f"{file}:{line}" for line in expected.splitlines()]


def said(file: str) -> list[str]:
    parsed = model.parse(source.read((HERE / file).read_text(encoding="utf-8"), file), model.Agent)
    assert not isinstance(parsed, model.Record)
    return [str(problem) for problem in parsed]


def test_yaml() -> None:
    assert said("everything_wrong.yml") == lines("everything_wrong.yml", YAML)


def test_bibliography() -> None:
    _, _, problems = cite.load((HERE / "everything_wrong.bib").read_text(encoding="utf-8"), "everything_wrong.bib")
    assert [str(problem) for problem in sorted(problems)] == lines("everything_wrong.bib", BIBTEX)


def test_prose(problems_of: Callable[..., list[str]]) -> None:
    text = (HERE / "everything_wrong.md").read_text(encoding="utf-8")
    file = "content/everything_wrong.md"
    assert problems_of({file: text}) == lines(file, PROSE)
