"""Random input for every reader and every registry client: a problem is an answer, an exception is a mistake of ours.

`python tests/fuzz.py --cases 200000 --seed 1` prints how many cases each target had; the suite runs a few of each.
"""

# ruff: noqa: E402
from __future__ import annotations

import argparse
import http.client
import io
import json
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

# The script runs alone as well as under pytest.
sys.path[:0] = [str(Path(__file__).resolve().parent), str(Path(__file__).resolve().parent.parent)]

import replay
from conftest import SMALL, copy_of_small

from build_scripts import checks, cite, downloads, drafts, model, pages, prose, registry, review, source
from build_scripts.links import Addresses

# Texts: tokens of each grammar, and records that are nearly right

_NASTY = st.sampled_from(
    ["", "null", "~", "[]", "{}", "[[]]", "{a: 1}", "- x", "x: y: z", "*x", "&x", "<<", "!!int 1", "!!python/name:os.system",
     "'", '"', "|", ">", "#", "?", "%", "@", "`", "\t", "\\", "\n", "\r\n", "\u0085", "\u2028", "\x00", "\x1b[2J", "\u202e", "\u200b", "\ufeff",
     "\ud7ff", "\U0010ffff", "0", "-1", "9" * 30, "1e999", "nan", "0x1f", "²", "٣", "1:1", "2025-02-30", "9999-12-31", "0000", "true",
     "http://[", "https://x:99999/", "javascript:x", "NCT00000001", "NCT99999999", "nct 1", "../../x", "inventumab", "melanoma",
     "doe2020first", "doe2020first:deaf", "trial:NCT00000001", "a:b:c", "[@doe2020first]", "[[agent:inventumab]]", "[[trial:|]]",
     "{{ count('agents') }}", "{{ table('x', y=1) }}", "{{", "}}", "]](", "](http://[)", "](#x)", "](../../x.md#y)", "<b>", "&amp;", "# x", "```"]
)  # fmt: skip
_TOKEN = _NASTY | st.text(max_size=5)


def _tokens(*words: str) -> st.SearchStrategy[str]:
    return st.lists(st.sampled_from(words) | st.text(max_size=5), max_size=40).map("".join)


YAML = _tokens(
    "a:", "- ", "  ", "\n", "{", "}", "[", "]", "&x ", "*x", "<<: ", "? ", "| ", "> ", "'", '"', "!!int 1", "#", ": ", "name: ", "events:",
    "approvals:\n  - id: x\n", "checked: {unverified: x}", "2025-02-30", "\t", "é", "\u202e", "%", "---\n", "[" * 400, "{a: " * 400,
)  # fmt: skip
BIBTEX = _tokens(
    "@article{", "doe2020x,", "}", "{", "title = ", "author = {", " and ", ",", "\n", "%", "@string{", "@comment{", "@", '"', "doi = {10.5555/x}",
    "pmid = {1}", "checked-date = {2026-01-01}", "unverified = {x}", "year = 2020", "#", "\\", "@preamble{", "=", "{" * 300,
)  # fmt: skip
PROSE = _tokens(
    "[@", "]", "[[", "]]", "agent:x", "|", "{{", "}}", "table('x')", "'", "`", "```\n", "~~~", "\n", "# ", "<b>", "](", ")", "{: .x}", "@key",
    "; ", "count(", "*", "x=", "(" * 50, "\\", "\r\n", "12 trials", "````\n", "http://[", "NCT",
)  # fmt: skip


def _changed(text: str, edits: list[tuple[str, int, str]]) -> str:
    """A text with lines or characters put in, taken out, doubled or replaced, or cut off."""
    for how, where, token in edits:
        lines = text.split("\n")
        row, at = where % len(lines), where % (len(text) + 1)
        head, colon, _ = lines[row].partition(": ")
        match how:
            case "value" if colon:
                lines[row] = f"{head}: {token}"
            case "double":
                lines.insert(row, lines[row])
            case "indent":
                lines[row] = "  " + lines[row]
            case "drop":
                del lines[row]
            case "swap":
                lines[row], lines[0] = lines[0], lines[row]
            case "cut":
                lines = text[:at].split("\n")
            case _:
                lines = (text[:at] + token + text[at:]).split("\n")
        text = "\n".join(lines)
    return text


_EDITS = st.lists(
    st.tuples(
        st.sampled_from(["value", "value", "value", "double", "indent", "drop", "swap", "cut", "put"]), st.integers(0, 10**5), _TOKEN
    ),
    min_size=1,
    max_size=3,
)  # fmt: skip
_FILES = {
    path.relative_to(SMALL).as_posix(): path.read_text(encoding="utf-8")
    for path in sorted(SMALL.rglob("*"))
    if path.suffix in (".yml", ".md", ".bib")
}
_RECORDS = [file for file in _FILES if file.endswith(".yml")]


def yaml(text: str, kind: type[model.Record]) -> None:
    read = source.read(text, "x.yml")
    parsed = model.parse(read, kind)
    assert isinstance(parsed, model.Record) or parsed
    _said(read.problems if isinstance(parsed, model.Record) else parsed)


def records(file: str, edits: list[tuple[str, int, str]]) -> None:
    yaml(_changed(_FILES[file], edits), model.KINDS[review.FOLDERS[file.split("/")[1]]][1])


def binary(raw: bytes) -> None:
    text, problems = source.decode(raw, "x.yml")
    assert problems or text.encode() == raw.removeprefix(b"\xef\xbb\xbf")
    yaml(text, model.Agent)


def bibtex(text: str) -> None:
    references, sources, problems = cite.load(text, "x.bib")
    assert set(references) <= set(sources)
    for reference in references.values():
        assert "\n" not in cite.printed(reference)
    _said(problems)


def bibliography(edits: list[tuple[str, int, str]]) -> None:
    bibtex(_changed(_FILES["references.bib"], edits))


def narrative(text: str) -> None:
    found = prose.parse(text, "x.md")
    list(prose.sentences(text))
    _said(found.problems)


def _said(problems: tuple[source.Problem, ...]) -> None:
    for problem in problems:
        assert problem.line >= 1 and str(problem).isprintable() and len(str(problem)) < 600


@cache
def _project() -> Path:
    root = copy_of_small(Path(tempfile.mkdtemp(prefix="fuzz-")) / "project")
    review.commit = lambda root: None  # type: ignore[attr-defined]  # git has nothing to say here, and takes most of the time
    return root


def project(file: str, edits: list[tuple[str, int, str]]) -> None:
    """One file of a project is wrong; if no rule says so, every page and download can still be made."""
    root = _project()
    (root / file).write_text(_changed(_FILES[file], edits), encoding="utf-8", newline="")
    try:
        found = review.load(root)
        problems = checks.problems(found)
        _said(problems)
        if not problems:
            pages.render(found, Addresses())
            downloads.files(found)
    finally:
        (root / file).write_text(_FILES[file], encoding="utf-8")


# Answers: documented bodies that are nearly right, and bytes that are nearly HTTP

_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.sampled_from([10**30, "\ud800", "\x1b[2J", "2020-13"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip
_STEPS = st.lists(st.integers(0, 30), min_size=1, max_size=7)
_BODIES = {
    "trial": replay.study(),
    "work": replay.work(updated_by=[replay.update("retraction")], update_to=[replay.update("correction")]),
    "paper": replay.summary(references=[{"refsource": "x", "reftype": "Erratum in", "pmid": 1}]),
}
_ASK: dict[str, Callable[[registry.Client], Any]] = {
    "trial": lambda client: client.trial(replay.NCT),
    "work": lambda client: client.work(replay.DOI),
    "paper": lambda client: client.paper(replay.PMID),
}


def _replaced(body: Any, steps: list[int], value: Any) -> Any:
    """A body in which the value at the end of a walk is another, or is gone."""
    if not steps or not isinstance(body, dict | list) or not body:
        return value
    keys = list(body) if isinstance(body, dict) else list(range(len(body)))
    key = keys[steps[0] % len(keys)]
    inner = _replaced(body[key], steps[1:], value)
    if isinstance(body, dict):
        return {**{k: v for k, v in body.items() if k != key}, **({} if inner is None else {key: inner})}
    return [*body[:key], inner, *body[key + 1 :]]


def answers(what: str, changes: list[tuple[list[int], Any]]) -> None:
    """Whatever a body holds, it is an answer or one line; an answer becomes a draft that our own readers take."""
    body = _BODIES[what]
    for steps, value in changes:
        body = _replaced(body, steps, value)
    made = {"trial": registry.registered_trial, "work": registry.crossref_work, "paper": registry.pubmed_work}[what]
    try:
        answer = made(body, {"trial": replay.NCT, "work": replay.DOI, "paper": replay.PMID}[what])
    except registry.Unanswered as error:
        assert str(error).isprintable() and len(str(error)) < 900
        return
    if isinstance(answer, registry.RegisteredTrial):
        read = source.read(drafts.trial(replay.NCT, answer, "2026-01-02"), "x.yml")
        assert not read.problems, read.problems
        parsed = model.parse(read, model.Trial)
        assert not isinstance(parsed, model.Record)
    else:
        id = replay.DOI if what == "work" else replay.PMID
        key, entry = drafts.reference(id, answer, [], "2026-01-02")
        before = "@misc{before2020it,\n  title = {x}\n}\n"
        _, sources, problems = cite.load(f"{before}\n{entry}\n{before.replace('before', 'after')}", "x.bib")
        assert set(sources) == {"before2020it", key, "after2020it"}, problems
        _said(problems)


class _Wire(http.client.HTTPConnection):
    """A connection on which prepared bytes have already arrived."""

    raw = b""

    def connect(self) -> None:
        self.sock = self  # type: ignore[assignment]

    def makefile(self, *_: Any) -> io.BytesIO:
        return io.BytesIO(self.raw)

    def sendall(self, *_: Any) -> None:
        """Nobody listens."""

    def close(self) -> None:
        """Nothing was opened."""


class _Handler(urllib.request.HTTPHandler):
    def http_open(self, req: urllib.request.Request) -> Any:
        return self.do_open(_Wire, req)  # type: ignore[arg-type]


_HEADERS = _tokens(
    "Content-Type: application/json\r\n", "Content-Type: ", "application/json", "text/html", "; charset=x", "Content-Length: ", "5", "-1", "99999999999",
    "Transfer-Encoding: chunked\r\n", "Transfer-Encoding: ", "gzip", "Location: ", "http://127.0.0.1/", "file:///etc/passwd", "//[", "Retry-After: ",
    "1", "99999", "Wed, 21 Oct 2026 07:28:00 GMT", "Date: ", "\r\n", "\n", "\r", ": ", " folded", "Connection: close\r\n", "\x00", "é", "A: b\r\n" * 101,
    "x" * 70000, "Content-Encoding: gzip\r\n", "Content-Type: =?utf-8?q?=", "Proxy-Connection: x\r\n",
)  # fmt: skip
_LINE = st.tuples(
    st.sampled_from(["HTTP/1.1 "] * 12 + ["HTTP/1.0 ", "HTTP/2 ", "HTTP/9.9 ", "ICY ", "", "http/1.1 ", "HTTP/1.1\t", "HTTP/", "\r\n", "x" * 70000]),
    st.sampled_from(["200"] * 20 + ["204", "206", "301", "302", "304", "307", "400", "401", "404", "407", "410", "429", "500",
                     "503", "100", "101", "999", "1000", "99", "-1", "²", "2e2", "", "abc"]),
    st.sampled_from(["", " OK", " \x1b[2J", " é", " " + "x" * 500]),
    st.sampled_from(["\r\n"] * 6 + ["\n", "", "\r\n\r\n", "\x00"]),
).map("".join)  # fmt: skip
_BODY = (
    st.sampled_from([json.dumps(body).encode() for body in _BODIES.values()])
    | st.binary(max_size=30)
    | st.sampled_from([b"[" * 5000, b"9" * 5000, b"NaN", b"null", b'"\\ud800"', b"\xef\xbb\xbf{}", b"5\r\n{}\r\n", b"zz\r\n", b"-1\r\n\r\n",
                       b"2\r\n{}\r\n0\r\n\r\n", b"ffffffffffffffffff\r\n{}", b"2;x=y\r\n{}\r\n0\r\nA: b\r\n\r\n"])
)  # fmt: skip


def wire(what: str, line: str, headers: str, typed: bool, body: bytes, cut: int) -> None:
    """Whatever comes over the wire is an answer or one line."""
    kind = "Content-Type: application/json\r\n" if typed else ""
    raw = f"{line}{kind}{headers}\r\n\r\n".encode("utf-8", "replace") + body
    _Wire.raw = raw[: len(raw) - cut] if cut < len(raw) else raw
    web = registry._web()
    for handler in [handler for handler in web.handlers if isinstance(handler, urllib.request.HTTPHandler)]:
        web.handlers.remove(handler)
    web.handle_open["http"] = [_Handler()]
    web.handle_open["http"][0].parent = web
    client = registry.Client(
        *(registry.Service(service.name, "http://127.0.0.1:9", 0) for service in (registry.CLINICAL_TRIALS, registry.CROSSREF, registry.PUBMED)),
        sleep=lambda seconds: None,
    )  # fmt: skip
    client._web = web
    try:
        _ASK[what](client)
    except registry.Unanswered as error:
        assert str(error).isprintable() and len(str(error)) < 900


@dataclass(frozen=True)
class Target:
    """What is tried, with what, and its share of the cases in percent."""

    run: Callable[..., None]
    given: tuple[st.SearchStrategy[Any], ...]
    share: int


_WHAT = st.sampled_from(sorted(_ASK))
TARGETS = {
    "YAML texts": Target(yaml, (YAML, st.sampled_from([kind for _, kind in model.KINDS.values()])), 18),
    "records nearly right": Target(records, (st.sampled_from(_RECORDS), _EDITS), 18),
    "bytes": Target(binary, (st.binary(max_size=200),), 5),
    "BibTeX texts": Target(bibtex, (BIBTEX,), 11),
    "bibliographies nearly right": Target(bibliography, (_EDITS,), 8),
    "prose": Target(narrative, (PROSE,), 13),
    "projects with a wrong file": Target(project, (st.sampled_from(sorted(_FILES)), _EDITS), 2),
    "bodies of answers": Target(
        answers, (_WHAT, st.lists(st.tuples(_STEPS, _JSON), min_size=1, max_size=3)), 15
    ),
    "HTTP on the wire": Target(wire, (_WHAT, _LINE, st.just("") | _HEADERS, st.just(True) | st.booleans(), _BODY, st.just(0) | st.integers(0, 60)), 10),
}  # fmt: skip


def run(name: str, cases: int, number: int) -> int:
    """Tries a target; how many cases it had. What fails is raised, with the smallest input that does it."""
    target, tried = TARGETS[name], 0

    def case(arguments: tuple[Any, ...]) -> None:
        nonlocal tried
        tried += 1
        target.run(*arguments)

    quiet = settings(max_examples=cases, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    seed(number)(quiet(given(st.tuples(*target.given))(case)))()
    return tried


def main() -> int:
    """Runs all targets, or one."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", choices=TARGETS)
    asked = parser.parse_args()
    print(f"seed {asked.seed}", flush=True)
    whole = 0
    for name, target in TARGETS.items():
        if asked.only in (None, name):
            start = time.monotonic()
            tried = run(name, asked.cases if asked.only else asked.cases * target.share // 100, asked.seed)
            whole += tried
            print(f"{name}: {tried:,} cases, no exception, {time.monotonic() - start:.0f} s", flush=True)
    print(f"{whole:,} cases in all", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
