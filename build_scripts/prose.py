"""The small grammar of the narrative: citations, links to records, and blocks; nothing else is special in it."""

from __future__ import annotations

import ast
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from build_scripts.scalars import INVISIBLE
from build_scripts.source import Problem, most


@dataclass(frozen=True)
class Words:
    """Markdown that goes to the page as it stands."""

    line: int
    text: str


@dataclass(frozen=True)
class Citation:
    """`[@key]` or `[@key; @other]`."""

    line: int
    keys: tuple[str, ...]


@dataclass(frozen=True)
class RecordLink:
    """`[[kind:id]]` or `[[kind:id|words]]`."""

    line: int
    kind: str
    id: str
    words: str | None = None


@dataclass(frozen=True)
class Block:
    """`{{ name('argument', filter='value') }}`."""

    line: int
    name: str
    arguments: tuple[str, ...]
    filters: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class PageLink:
    """The target of a Markdown link, kept for the checks; the page shows the Markdown itself."""

    line: int
    target: str


Token = Words | Citation | RecordLink | Block


@dataclass(frozen=True)
class Prose:
    """One Markdown file, cut into tokens."""

    file: str
    title: str | None
    tokens: tuple[Token, ...]
    links: tuple[PageLink, ...]
    problems: tuple[Problem, ...]


LONGEST = 1000
"""The most characters that a line may have: a sentence has fewer, and some patterns take their square in steps."""

_FENCE = re.compile(r"^(?P<mark>```+|~~~+)(?P<rest>[^\n]*)\n?", re.MULTILINE)
_CODE = re.compile(r"(?P<ticks>`+)(?!`)[^\n]*?(?<!`)(?P=ticks)(?!`)")
_SPECIAL = re.compile(
    r"(?P<citation>\[@[^\]\n]*\])|(?P<record>\[\[[^\]\n]*\]\])|(?P<block>\{\{.*?\}\})|(?P<open>\{\{|\[\[)"
)
_KEY = re.compile(r"@([A-Za-z0-9_-]+)")
_RECORD = re.compile(r"\[\[([a-z]+):([A-Za-z0-9:-]+)(?:\|([^\[\]|<>]+))?\]\]")
_HTML = re.compile(r"<(?=[A-Za-z/!?])(?!https?://)")
_LINK = re.compile(r"\]\(\s*<?([^)\s>]*)")
_REFERENCE_LINK = re.compile(r"^ {0,3}\[[^\]\n]+\]:", re.MULTILINE)
_ATTRIBUTES = re.compile(r"\{:?[ ]*[.#][^}\n]*\}|\{:[^}\n]*\}")


def parse(text: str, file: str) -> Prose:
    """The tokens of a Markdown text, its title, and every place where it leaves the grammar."""
    text = text.replace("\r\n", "\n")
    too_long = tuple(
        Problem(file, number, "", f"a line of more than {LONGEST:,} characters; write one sentence a line")
        for number, line in enumerate(text.split("\n"), 1)
        if len(line) > LONGEST
    )
    if too_long:
        return Prose(file, None, (), (), most(too_long))
    title = re.match(r"\s*# (?P<title>[^\n]+)\n?", text)
    start = title.end() if title else 0
    problems: list[Problem] = []
    links: list[PageLink] = []
    tokens: list[Token] = []

    breaks = [match.start() for match in re.finditer("\n", text)]

    def line(position: int) -> int:
        return bisect_left(breaks, position) + 1

    def problem(position: int, message: str) -> None:
        problems.append(Problem(file, line(position), "", message))

    for begin, end, is_code in _stretches(text, start):
        if is_code:
            tokens.append(Words(line(begin), text[begin:end]))
            continue
        part = text[begin:end]
        for match in _HTML.finditer(part):
            problem(begin + match.start(), "HTML is not used in prose; write Markdown, or put code between backticks")
        for match in _REFERENCE_LINK.finditer(part):
            problem(begin + match.start(), "link definitions are not used in prose; write [words](address)")
        for match in _ATTRIBUTES.finditer(part):
            problem(begin + match.start(), "attribute lists { } are not used in prose")
        for match in INVISIBLE.finditer(part):
            problem(begin + match.start(), "invisible or direction-changing character; retype the words")
        for match in _LINK.finditer(part):
            links.append(PageLink(line(begin + match.start()), match[1]))
        position = 0
        for match in _SPECIAL.finditer(part):
            if match.start() > position:
                tokens.append(Words(line(begin + position), part[position : match.start()]))
            position = match.end()
            token = _token(match, line(begin + match.start()))
            if isinstance(token, str):
                problem(begin + match.start(), token)
            else:
                tokens.append(token)
        if position < len(part):
            tokens.append(Words(line(begin + position), part[position:]))
    return Prose(file, title["title"].strip() if title else None, tuple(tokens), tuple(links), most(problems))


def sentences(text: str) -> Iterator[tuple[int, str]]:
    """The sentences of a Markdown text with their lines, code left out; one sentence stands on one line, or several do."""
    text = text.replace("\r\n", "\n")
    if any(len(line) > LONGEST for line in text.split("\n")):
        return
    blank, position = "", 0
    for begin, end in _fences(text):
        blank += text[position:begin] + "\n" * text.count("\n", begin, end)
        position = end
    blank += text[position:]
    for number, line in enumerate(_CODE.sub("", blank).split("\n"), 1):
        for sentence in re.split(r"(?<=[.!?])\s+(?=[A-Z])", line):
            if sentence.strip():
                yield number, sentence


def _fences(text: str, start: int = 0) -> Iterator[tuple[int, int]]:
    """Where fenced code begins and ends: a line of marks, and the next line of the same marks alone."""
    marks = list(_FENCE.finditer(text, start))
    closing: dict[str, list[re.Match[str]]] = {}
    for match in marks:
        if not match["rest"].strip(" \t"):
            closing.setdefault(match["mark"], []).append(match)
    end = start
    for match in marks:
        ends = closing.get(match["mark"], [])
        after = bisect_right(ends, match.start(), key=lambda other: other.start())
        if match.start() >= end and after < len(ends):
            end = ends[after].end()
            yield match.start(), end


def _stretches(text: str, start: int) -> Iterator[tuple[int, int, bool]]:
    """The text in stretches, code and not code, in order."""
    code = sorted({*_fences(text, start)} | {(m.start(), m.end()) for m in _CODE.finditer(text, start)})
    position = start
    for begin, end in code:
        if begin < position:
            continue
        if begin > position:
            yield position, begin, False
        yield begin, end, True
        position = end
    if position < len(text):
        yield position, len(text), False


def _token(match: re.Match[str], line: int) -> Token | str:
    """The token of a match, or what is wrong with it."""
    whole = match[0]
    if match["citation"]:
        keys = [part.strip() for part in whole[1:-1].split(";")]
        if not all(_KEY.fullmatch(key) for key in keys):
            return f"'{whole}' is not a citation; write [@key] or [@key; @key]"
        return Citation(line, tuple(key[1:] for key in keys))
    if match["record"]:
        record = _RECORD.fullmatch(whole)
        if not record:
            return f"'{whole}' is not a link to a record; write [[kind:id]] or [[kind:id|words]]"
        return RecordLink(line, record[1], record[2], record[3])
    if match["block"]:
        return _block(whole, line)
    return f"'{whole}' is never closed"


def _block(whole: str, line: int) -> Block | str:
    form = "write {{ name('argument') }} or {{ name('argument', filter='value') }}"
    try:
        call = ast.parse(whole[2:-2].strip(), mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return f"'{whole}' is not a block; {form}"
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name):
        return f"'{whole}' is not a block; {form}"
    values = [*call.args, *(keyword.value for keyword in call.keywords)]
    if not all(isinstance(v, ast.Constant) and isinstance(v.value, str) for v in values) or not all(
        keyword.arg for keyword in call.keywords
    ):
        return f"'{whole}': what a block is given stands between quotes; {form}"
    return Block(
        line,
        call.func.id,
        tuple(a.value for a in call.args),  # type: ignore[attr-defined]
        tuple((str(k.arg), k.value.value) for k in call.keywords),  # type: ignore[attr-defined]
    )
