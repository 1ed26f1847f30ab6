"""The readers never fail with a traceback, whatever text they are given: a problem is an answer, an exception is not."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from build_scripts import cite, model, prose, source

# A longer run: FUZZ_CASES=100000 pytest tests/test_fuzz.py
CASES = settings(
    max_examples=int(os.environ.get("FUZZ_CASES", "150")),
    deadline=None,
    suppress_health_check=list(HealthCheck),
)

YAML = st.lists(
    st.sampled_from(
        ["a:", "- ", "  ", "\n", "{", "}", "[", "]", "&x ", "*x", "<<: ", "? ", "| ", "> ", "'", '"', "!!int 1", "#", ": ",
         "name: ", "events:", "approvals:\n  - id: x\n", "checked: {unverified: x}", "2025-02-30", "\t", "é", "\u202e", "%", "---\n"]
    ) | st.text(max_size=5),
    max_size=40,
).map("".join)  # fmt: skip

BIBTEX = st.lists(
    st.sampled_from(
        ["@article{", "doe2020x,", "}", "{", "title = ", "author = {", " and ", ",", "\n", "%", "@string{", "@comment{", "@", '"',
         "doi = {10.5555/x}", "pmid = {1}", "checked-date = {2026-01-01}", "unverified = {x}", "year = 2020", "#", "\\"]
    ) | st.text(max_size=5),
    max_size=40,
).map("".join)  # fmt: skip

PROSE = st.lists(
    st.sampled_from(
        ["[@", "]", "[[", "]]", "agent:x", "|", "{{", "}}", "table('x')", "'", "`", "```\n", "~~~", "\n", "# ", "<b>", "](", ")",
         "{: .x}", "@key", "; ", "count(", "*", "x=", "(" * 50, "\\"]
    ) | st.text(max_size=5),
    max_size=40,
).map("".join)  # fmt: skip


@CASES
@given(YAML, st.sampled_from([kind for _, kind in model.KINDS.values()]))
def test_yaml(text: str, kind: type[model.Record]) -> None:
    read = source.read(text, "x.yml")
    parsed = model.parse(read, kind)
    assert isinstance(parsed, model.Record) or parsed
    for problem in read.problems if isinstance(parsed, model.Record) else parsed:
        assert problem.line >= 1 and "\n" not in str(problem)


@CASES
@given(st.binary(max_size=200))
def test_bytes(raw: bytes) -> None:
    text, problems = source.decode(raw, "x.yml")
    assert problems or text.encode("utf-8-sig").removeprefix(b"\xef\xbb\xbf") in (
        raw,
        raw.removeprefix(b"\xef\xbb\xbf"),
    )


@CASES
@given(BIBTEX)
def test_bibtex(text: str) -> None:
    references, sources, problems = cite.load(text, "x.bib")
    assert set(references) <= set(sources)
    for reference in references.values():
        assert "\n" not in cite.printed(reference)
    for problem in problems:
        assert problem.line >= 1 and "\n" not in str(problem)


@CASES
@given(PROSE)
def test_prose(text: str) -> None:
    found = prose.parse(text, "x.md")
    list(prose.sentences(text))
    for problem in found.problems:
        assert problem.line >= 1 and "\n" not in str(problem)
