"""Reading YAML: plain values with their lines, and one clear message for whatever is not plain."""

from __future__ import annotations

import pytest

from build_scripts import model, source


def test_values_stay_as_written() -> None:
    read = source.read("a: 1:1\nb: NO\nc: 0.60\non: yes\nd: null\ne: 'null'\nf: 2025-02-30\n", "x.yml")
    assert read.value == {"a": "1:1", "b": "NO", "c": "0.60", "on": "yes", "d": None, "e": "null", "f": "2025-02-30"}
    assert read.problems == ()


def test_lines_of_every_path() -> None:
    read = source.read("a:\n  - b: 1\n    c: 2\n  - b: 3\nd: {e: 4}\n", "x.yml")
    assert read.line(("a", 1, "b")) == 4
    assert read.line(("a", 0, "c")) == 3
    assert read.line(("d", "e")) == 5
    assert read.line(("a", 0, "missing", "deeper")) == 2


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: 1\nb: 2\na: 3\n", ["x.yml:3: a: given twice, first on line 1"]),
        ("a: b: c\n", ["x.yml:1: this is not YAML: a text that holds ': ' needs quotes around it"]),
        ("a: [1, 2\nb: 3\n", ["x.yml:2: this is not YAML: did not find expected ',' or ']'"]),
        ("a: 1\n\tb: 2\n", ["x.yml:2: this is not YAML: a tab cannot indent a line; use spaces"]),
        ("a: @b\n", ["x.yml:1: this is not YAML: a value starts with a character that needs quotes"]),
        ("", ["x.yml:1: the file is empty"]),
        ("# only a comment\n", ["x.yml:1: the file is empty"]),
        ("null\n", ["x.yml:1: the file is empty"]),
        ("&x ", ["x.yml:1: the file is empty"]),
        ("a: &x [1]\nb: *x\n", ["x.yml:2: b: YAML aliases (*name) are not used here; write the value out"]),
        ("a: &x {c: 1}\nb:\n  <<: *x\n", ["x.yml:3: b: merge keys (<<) are not used here; write the fields out"]),
        ("? [a]\n: 1\n", ["x.yml:1: a field name must be a single word"]),
        ("a: " + "[" * 25 + "]" * 25 + "\n", [f"x.yml:1: a{'[1]' * 20}: nested more than 20 levels deep"]),
        ("a: !!int 1\n", ["x.yml:1: a: YAML tags (!!int) are not used here; write the plain value"]),
        (
            "a: !!python/object/apply:os.system [x]\n",
            ["x.yml:1: a: YAML tags (!!python/object/apply:os.system) are not used here; write the plain value"],
        ),
        ("a:\n" + "- b\n" * 20_001, ["x.yml:1: a record of more than 20,000 values; cut it into several"]),
        ("a: 1\n---\nb: 2\n", ["x.yml:2: this is not YAML: but found another document"]),
    ],
)
def test_what_is_not_plain(text: str, expected: list[str]) -> None:
    assert [str(problem) for problem in source.read(text, "x.yml").problems] == expected


def test_an_exploding_alias_is_one_message_not_a_billion_values() -> None:
    bomb = "a0: &a0 [x, x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 40))
    problems = source.read(bomb, "x.yml").problems
    assert len(problems) == 78
    assert all("aliases" in problem.message for problem in problems)
    read = source.read("a: &a [x]\nb:\n" + "- *a\n" * 10_000, "x.yml")
    many = model.parse(read, model.Agent)
    assert isinstance(many, tuple) and len(many) == source.MOST + 1
    assert str(many[-1]) == "x.yml:2: and 9,909 more problems in this file"


@pytest.mark.parametrize("level", ["[", "{", "{a: ", "- ", "? ", "&a [", "!x [", "\n [", "- - - "])
def test_deep_nesting_ends_in_a_message(level: str) -> None:
    """libyaml alone would follow a million levels until the stack ends, and take the process with it."""
    (problem,) = source.read(level * 200_000, "x.yml").problems
    assert problem.message == "nested more than 20 levels deep"


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"a: \xff\n", "x.yml:1: this is not UTF-8 text; save the file as UTF-8"),
        ("a: é\n".encode("utf-16"), "x.yml:1: this is not UTF-8 text; save the file as UTF-8"),
        (b"a: 1\nb: \x00\n", "x.yml:2: control character U+0000; remove it"),
        (b"a" * 1_000_001, "x.yml:1: the file is larger than 1,000,000 bytes"),
    ],
)
def test_what_is_not_text(raw: bytes, expected: str) -> None:
    text, problems = source.decode(raw, "x.yml")
    assert text == ""
    assert [str(problem) for problem in problems] == [expected]


def test_byte_order_mark_and_windows_lines_are_read() -> None:
    text, problems = source.decode(b"\xef\xbb\xbfa: 1\r\nb: 2\r\n", "x.yml")
    assert problems == ()
    assert source.read(text, "x.yml").value == {"a": "1", "b": "2"}


def test_suggestions() -> None:
    assert source.suggestion("ipilimumb", ["ipilimumab", "nivolumab"]) == "; did you mean 'ipilimumab'?"
    assert source.suggestion("zzz", ["b", "a"]) == "; it is one of a, b"
    assert source.suggestion("zzz", ["b", "a"], most=0) == ""
    # Two registry numbers that differ in half of their digits are not the same number misspelt.
    assert source.suggestion("NCT01234567", ["NCT01299999"], most=0) == ""


def test_a_problem_is_one_line_of_bounded_length_that_steers_no_terminal() -> None:
    said = str(source.Problem("x.yml", 1, "a\nb", "'one\ntwo\x1b[31m\u202e" + "x" * 1000 + "'"))
    assert said.isprintable()
    assert len(said) < 520
    assert said.startswith("x.yml:1: a b: 'one two")
