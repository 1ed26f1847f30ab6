"""The grammar of the narrative."""

from __future__ import annotations

from build_scripts.prose import Block, Citation, RecordLink, Words, parse


def test_forms() -> None:
    text = parse(
        "# Title\n\nA [@a2020b; @c2021d] and [[trial:NCT00000001|a trial]].\n{{ table('x', y='z') }}\n", "p.md"
    )
    assert text.title == "Title"
    assert [t for t in text.tokens if not isinstance(t, Words)] == [
        Citation(3, ("a2020b", "c2021d")),
        RecordLink(3, "trial", "NCT00000001", "a trial"),
        Block(4, "table", ("x",), (("y", "z"),)),
    ]
    assert text.problems == ()


def test_code_is_left_alone() -> None:
    text = parse("`[@key]` and\n\n```\n{{ nothing }} <b> [[x]]\n```\n", "p.md")
    assert all(isinstance(token, Words) for token in text.tokens)
    assert text.problems == ()
    assert "".join(t.text for t in text.tokens if isinstance(t, Words)).endswith("```\n")


def test_no_word_is_lost() -> None:
    source = "One [two](a.md) `three` four\n\n- five\n\n    six\n"
    assert "".join(t.text for t in parse(source, "p.md").tokens if isinstance(t, Words)) == source


def test_python_in_a_block_is_not_run() -> None:
    for block in (
        "{{ __import__('os').system('x') }}",
        "{{ table(*'x') }}",
        "{{ 1 + 1 }}",
        "{{ table(**{'a': 'b'}) }}",
    ):
        assert len(parse(block, "p.md").problems) == 1


def test_comparisons_are_no_html() -> None:
    assert parse("p <0.001 and 3 < 4 and a<b is not", "p.md").problems != ()
    assert parse("p <0.001 and 3 < 4", "p.md").problems == ()
