"""One YAML text -> plain values, and the line of every path in it."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from types import MappingProxyType
from typing import Any

import yaml

# libyaml reads eight times faster; the pure loader gives the same nodes where libyaml is absent.
_TAGS = {
    yaml.ScalarNode: "tag:yaml.org,2002:str",
    yaml.SequenceNode: "tag:yaml.org,2002:seq",
    yaml.MappingNode: "tag:yaml.org,2002:map",
}
_Fast: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


class _Loader(_Fast):  # type: ignore[misc]
    """A loader that does not ask each value for its type: a plain one is text, whatever it looks like."""

    def resolve(self, kind: type[yaml.Node], *_: Any) -> str:
        return _TAGS[kind]

    def descend_resolver(self, *_: Any) -> None: ...

    def ascend_resolver(self) -> None: ...


LARGEST = {".yml": 1_000_000, ".md": 200_000, ".bib": 5_000_000}
"""The most bytes that a file may have, by the ending of its name; ten times what the review has, and read in seconds."""

MAX_DEPTH = 20
MAX_VALUES = 20_000
MOST = 100
"""How many problems of one text are told; who has more has one cause."""

# An alias, a tag and a merge key say less than they do; facts are written out.
_PLAIN = ("tag:yaml.org,2002:str", "tag:yaml.org,2002:seq", "tag:yaml.org,2002:map")

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")

Path = tuple[str | int, ...]


@dataclass(frozen=True, order=True)
class Problem:
    """A mistake in the content: where it is, what is wrong, what to do; prints as one line."""

    file: str
    line: int
    field: str
    message: str

    def __str__(self) -> str:
        field = f"{self.field}: " if self.field else ""
        # A message may quote the file: it must neither break the line nor flood or steer the terminal.
        said, file = _on_one_line(f"{field}{self.message}"), _on_one_line(self.file)
        # What is wrong stands at the end, and what it is about at the beginning.
        return f"{file}:{self.line}: {said if len(said) <= 500 else f'{said[:250]}…{said[-249:]}'}"


@dataclass(frozen=True)
class Source:
    """The plain values of one YAML file: dicts, lists, strings and None, with the line of every path."""

    file: str
    value: Any
    lines: Mapping[Path, int]
    problems: tuple[Problem, ...] = ()

    def line(self, path: Path) -> int:
        """The line of a path, or of the nearest parent that the file has."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def problem(self, path: Path, message: str) -> Problem:
        """A problem at a path of this file."""
        return Problem(self.file, self.line(path), dotted(path), message)


def _on_one_line(text: str) -> str:
    return "".join(c if c.isprintable() else " " for c in " ".join(text.split()))


def dotted(path: Path) -> str:
    """A path as editors read it: `arms[1].agent`, counted from 1."""
    words = ""
    for step in path:
        words += f"[{step + 1}]" if isinstance(step, int) else f".{step}" if words else step
    return words


def suggestion(word: str, known: Iterable[str], most: int = 9) -> str:
    """What to do about an unknown word: the nearest known one, or all of them when they are few."""
    words = sorted(known)
    # Numbers resemble each other by chance: only one or two digits off is worth a suggestion.
    near = get_close_matches(word, words, n=1, cutoff=0.85 if re.search(r"\d{5}", word) else 0.6)
    if near:
        return f"; did you mean '{near[0]}'?"
    if words and len(words) <= most:
        return f"; it is one of {', '.join(words)}"
    return ""


def sized(size: int, file: str) -> Problem | None:
    """What is wrong with the size of a file, if anything is."""
    most = LARGEST.get(os.path.splitext(file)[1], LARGEST[".md"])
    return Problem(file, 1, "", f"the file is larger than {most:,} bytes") if size > most else None


def decode(raw: bytes, file: str) -> tuple[str, tuple[Problem, ...]]:
    """The text of a file, or an empty text and the reason why it cannot be read as text."""
    if too_large := sized(len(raw), file):
        return "", (too_large,)
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        return "", (Problem(file, line, "", "this is not UTF-8 text; save the file as UTF-8"),)
    if bad := _CONTROL.search(text):
        line = text.count("\n", 0, bad.start()) + 1
        return "", (Problem(file, line, "", f"control character U+{ord(bad[0]):04X}; remove it"),)
    return text, ()


def read(text: str, file: str) -> Source:
    """The values and lines of one YAML text; a text that does not parse gives no value and one problem."""
    try:
        if deep := _too_deep(text):
            message = f"nested more than {MAX_DEPTH} levels deep"
            return Source(file, None, MappingProxyType({}), (Problem(file, deep, "", message),))
        node = yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        return Source(
            file, None, MappingProxyType({}), (Problem(file, line, "", f"this is not YAML: {_plain(error)}"),)
        )
    except yaml.YAMLError as error:
        reason = str(error).splitlines()[0]
        return Source(file, None, MappingProxyType({}), (Problem(file, 1, "", f"this is not YAML: {reason}"),))
    if node is None:
        return Source(file, None, MappingProxyType({}), (Problem(file, 1, "", "the file is empty"),))
    lines: dict[Path, int] = {}
    problems: list[Problem] = []
    seen: set[int] = set()
    value = _value(node, (), file, lines, problems, seen)
    if len(seen) > MAX_VALUES:
        message = f"a record of more than {MAX_VALUES:,} values; cut it into several"
        return Source(file, None, MappingProxyType({}), (Problem(file, 1, "", message),))
    if value is None and not problems:
        problems.append(Problem(file, 1, "", "the file is empty"))
    return Source(file, value, MappingProxyType(lines), tuple(problems))


def most(problems: Sequence[Problem], limit: int = MOST) -> tuple[Problem, ...]:
    """The first problems of one text; the rest are counted."""
    if len(problems) <= limit:
        return tuple(problems)
    last = problems[limit - 1]
    more = Problem(last.file, last.line, "", f"and {len(problems) - limit:,} more problems in this file")
    return (*problems[:limit], more)


def _too_deep(text: str) -> int | None:
    """The line on which a text nests deeper than any record, if it does; libyaml would follow it until the stack ends."""
    # Each level needs a bracket, or its own column.
    if text.count("[") + text.count("{") + 2 * max(map(len, text.split("\n"))) < 2000:
        return None
    depth = 0
    for event in yaml.parse(text, Loader=_Loader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > MAX_DEPTH + 1:
                return event.start_mark.line + 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
    return None


def _plain(error: yaml.MarkedYAMLError) -> str:
    words = error.problem or "it cannot be read"
    if "mapping values are not allowed" in words:
        return "a text that holds ': ' needs quotes around it"
    if "tab character" in words or "'\\t'" in words:
        return "a tab cannot indent a line; use spaces"
    if "found character that cannot start" in words:
        return "a value starts with a character that needs quotes"
    return words


def _value(
    node: yaml.Node, path: Path, file: str, lines: dict[Path, int], problems: list[Problem], seen: set[int]
) -> Any:
    """The plain value under a node; every alias, merge key and repeated key becomes a problem."""
    if len(seen) > MAX_VALUES:
        return None
    line = node.start_mark.line + 1
    # An alias is the very node of its anchor: facts repeat themselves rather than point at each other.
    if id(node) in seen:
        here = Source(file, None, lines).line(path)
        problems.append(
            Problem(file, here, dotted(path), "YAML aliases (*name) are not used here; write the value out")
        )
        return None
    seen.add(id(node))
    lines.setdefault(path, line)
    if len(path) > MAX_DEPTH:
        problems.append(Problem(file, line, dotted(path), f"nested more than {MAX_DEPTH} levels deep"))
        return None
    if node.tag not in _PLAIN:
        named = node.tag.replace("tag:yaml.org,2002:", "!!")
        problems.append(
            Problem(file, line, dotted(path), f"YAML tags ({named}) are not used here; write the plain value")
        )
        return None
    if isinstance(node, yaml.ScalarNode):
        # The pure loader gives a plain scalar no style, libyaml an empty one; a quoted 'null' is a word.
        return None if not node.style and node.value in ("", "~", "null") else node.value
    if isinstance(node, yaml.SequenceNode):
        return [_value(child, (*path, index), file, lines, problems, seen) for index, child in enumerate(node.value)]
    return dict(_pairs(node, path, file, lines, problems, seen))


def _pairs(
    node: yaml.Node, path: Path, file: str, lines: dict[Path, int], problems: list[Problem], seen: set[int]
) -> Iterator[tuple[str, Any]]:
    first: dict[str, int] = {}
    for key, child in node.value:
        line = key.start_mark.line + 1
        if not isinstance(key, yaml.ScalarNode):
            problems.append(Problem(file, line, dotted(path), "a field name must be a single word"))
            continue
        name = key.value
        here = (*path, name)
        if name == "<<":
            problems.append(
                Problem(file, line, dotted(path), "merge keys (<<) are not used here; write the fields out")
            )
            continue
        if name in first:
            problems.append(Problem(file, line, dotted(here), f"given twice, first on line {first[name]}"))
            continue
        first[name] = line
        lines[here] = line
        yield name, _value(child, here, file, lines, problems, seen)
