"""How far a long command is, on a terminal and nowhere else: what, how many, how long to go."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO

_EVERY = 0.1
"""Seconds between two lines; a terminal that is far away shows no more."""
_CLEAR = "\r\x1b[K"


class Progress:
    """One line that is written anew as work is done, and is gone when all of it is."""

    def __init__(self, what: str, stream: TextIO | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self.what, self.stream, self.clock = what, stream or sys.stderr, clock
        self.shown, self.there = self.stream.isatty(), False
        self.began: tuple[int, float] | None = None
        self.last = float("-inf")

    def __call__(self, done: int, of: int) -> None:
        """Says how far the work is, unless it said so a moment ago."""
        now = self.clock()
        self.began = self.began or (done, now)
        if done >= of:
            self.clear()
        elif self.shown and now - self.last >= _EVERY:
            self.last, self.there = now, True
            self._write(f"{_CLEAR}{line(self.what, done, of, now - self.began[1], self.began[0])}")

    @contextmanager
    def at(self, done: int, of: int) -> Iterator[None]:
        """Says how far the work is while a part of it takes long."""
        self(done, of)
        try:
            yield
        finally:
            self.clear()

    def clear(self) -> None:
        """Takes the line away, as before another line is printed."""
        if self.there:
            self.there = False
            self._write(_CLEAR)

    def _write(self, text: str) -> None:
        try:
            self.stream.write(text)
            self.stream.flush()
        except OSError:
            self.shown = False  # a terminal that was closed is no reason to stop


def line(what: str, done: int, of: int, seconds: float, before: int = 0) -> str:
    """`12 of 345 records asked, about 3 min to go`; how long is told once there is something to go by."""
    said, since = f"{done} of {of} {what}", done - before
    return f"{said}, about {_span(seconds / since * (of - done))} to go" if since and seconds >= 1 else said


def _span(seconds: float) -> str:
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    return f"{round(seconds / 60)} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
