"""Progress is told on a terminal, and nowhere else."""

from __future__ import annotations

import io

import pytest

from build_scripts.progress import Progress, line


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.mark.parametrize(
    ("done", "of", "seconds", "expected"),
    [
        (0, 9, 60, "0 of 9 records asked"),
        (1, 9, 0.5, "1 of 9 records asked"),
        (3, 9, 10, "3 of 9 records asked, about 20 s to go"),
        (8, 9, 1, "8 of 9 records asked, about 1 s to go"),
        (100, 900, 60, "100 of 900 records asked, about 8 min to go"),
        (1, 900, 10, "1 of 900 records asked, about 2.5 h to go"),
    ],
)
def test_what_how_many_how_long(done: int, of: int, seconds: float, expected: str) -> None:
    assert line("records asked", done, of, seconds) == expected


def test_a_terminal_sees_one_line_that_goes_away() -> None:
    stream, clock = Terminal(), Clock()
    tell = Progress("days compared", stream, clock)
    clock.now += 1000  # before the work begins
    tell(0, 3)
    clock.now += 0.01
    tell(1, 3)  # too soon to say again
    clock.now += 10
    tell(2, 3)
    tell(3, 3)
    tell.clear()
    assert stream.getvalue().split("\r\x1b[K") == [
        "", "0 of 3 days compared", "2 of 3 days compared, about 5 s to go", "",
    ]  # fmt: skip


def test_what_was_done_before_says_nothing_of_how_long() -> None:
    assert line("steps", 6, 10, 4, before=4) == "6 of 10 steps, about 8 s to go"
    assert line("steps", 4, 10, 4, before=4) == "4 of 10 steps"


def test_a_line_is_gone_while_another_is_printed() -> None:
    stream = Terminal()
    with Progress("trials asked", stream).at(4, 9):
        assert stream.getvalue() == "\r\x1b[K4 of 9 trials asked"
    assert stream.getvalue().endswith("\r\x1b[K")


def test_a_log_sees_nothing() -> None:
    stream = io.StringIO()
    tell = Progress("days compared", stream)
    for done in range(5):
        tell(done, 4)
    tell.clear()
    assert stream.getvalue() == ""


def test_a_terminal_that_was_closed_stops_nothing() -> None:
    stream = Terminal()
    stream.write = lambda text: (_ for _ in ()).throw(BrokenPipeError())  # type: ignore[method-assign,assignment]
    tell = Progress("days compared", stream)
    tell(1, 4)
    tell(2, 4)
