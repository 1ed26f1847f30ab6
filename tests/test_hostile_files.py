"""Files that are out to break the reader: each is one clear line for each mistake, in bounded time and memory, and exit status 1."""

from __future__ import annotations

import ctypes
import os
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import ROOT
from sites import ENVIRONMENT

from build_scripts import __main__ as commands
from build_scripts import checks, pages, review
from build_scripts.links import Addresses

SECONDS, BYTES = 60, 1_500_000_000
"""What a check of the small project may take of the processor and of the memory, whatever lies in it."""

NEW = "content/targets/pd-9.yml"
TARGET = """\
name: PD-9
summary: An invented target.
symbol: PDCD9
hgnc: HGNC:9
source: {page: https://example.org/pd-9}
checked: {unverified: invented}
"""
AGENT = "content/agents/inventumab.yml"
TRIAL, OTHER = "content/trials/NCT00000001.yml", "content/trials/NCT00000002.yml"
PAGE, AGENT_PROSE = "content/index.md", "content/agents/inventumab.md"
BIB = "references.bib"

Edit = Callable[[Path], object]


def bounded() -> None:
    """Takes from a process what it may not need, and from root the right to read what nobody may read."""
    resource.setrlimit(resource.RLIMIT_AS, (BYTES, BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    for capability in (1, 2):  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH
        ctypes.CDLL(None).prctl(24, capability, 0, 0, 0)  # PR_CAPBSET_DROP


def command(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """A command on a project, within bounds."""
    code = (
        "import sys, pathlib; from build_scripts import __main__ as commands; "
        f"commands.ROOT = pathlib.Path({str(project)!r}); sys.exit(commands.main({list(arguments)!r}))"
    )
    return subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=ENVIRONMENT, preexec_fn=bounded, stdin=subprocess.DEVNULL,
        capture_output=True, text=True, check=False, timeout=3 * SECONDS, errors="backslashreplace",
    )  # fmt: skip


def write(file: str, content: str | bytes) -> Edit:
    return lambda project: (project / file).write_bytes(content if isinstance(content, bytes) else content.encode())


def huge(file: str) -> Edit:
    """50 MB that take no place on the disk."""
    return lambda project: ((project / file).write_bytes(b""), os.truncate(project / file, 50_000_000))


def append(file: str, text: str | bytes) -> Edit:
    raw = text if isinstance(text, bytes) else text.encode()
    return lambda project: (project / file).write_bytes((project / file).read_bytes() + raw)


def replace(file: str, old: str, new: str) -> Edit:
    def edit(project: Path) -> None:
        text = (project / file).read_text(encoding="utf-8")
        assert old in text, (file, old)
        (project / file).write_text(text.replace(old, new, 1), encoding="utf-8")

    return edit


def link(file: str, to: str) -> Edit:
    return lambda project: (project / file).symlink_to(to)


def both(*edits: Edit) -> Edit:
    return lambda project: [edit(project) for edit in edits]


CASES: dict[str, tuple[Edit, list[str]]] = {
    "aliases that explode": (write(NEW, "name: &a [x, x]\naliases:\n" + "".join(f"- &{n} [*{p}, *{p}]\n" for p, n in zip("abcdefgh", "bcdefghi", strict=True))), [
            "content/targets/pd-9.yml:1: missing field 'checked': how it was checked",
            '…',
            'content/targets/pd-9.yml:10: aliases[8][2]: YAML aliases (*name) are not used here; write the value out',
        ]),
    "a million brackets": (write(NEW, "[" * 999_999), [
            'content/targets/pd-9.yml:1: nested more than 20 levels deep',
        ]),
    "a million dashes": (write(NEW, "name: x\nsummary:\n" + "- " * 400_000), [
            'content/targets/pd-9.yml:3: nested more than 20 levels deep',
        ]),
    "a record of 50 MB": (huge(NEW), [
            'content/targets/pd-9.yml:1: the file is larger than 1,000,000 bytes',
        ]),
    "prose of 50 MB": (huge("content/agents/inventumab.md"), [
            'content/agents/inventumab.md:1: the file is larger than 200,000 bytes',
        ]),
    "a bibliography of 50 MB": (huge(BIB), [
            'references.bib:1: the file is larger than 5,000,000 bytes',
        ]),
    "a million rows": (write(NEW, "aliases:\n" + "- a\n" * 200_000), [
            'content/targets/pd-9.yml:1: a record of more than 20,000 values; cut it into several',
        ]),
    "100,000 unknown fields": (write(NEW, TARGET + "".join(f"f{n}: x\n" for n in range(9_000))), [
            'content/targets/pd-9.yml:7: f0: unknown field; it is one of aliases, also, checked, hgnc, name, outline, source, summary, symbol',
            '…',
            'content/targets/pd-9.yml:106: f99: unknown field; it is one of aliases, also, checked, hgnc, name, outline, source, summary, symbol',
        ]),
    "60,000 unknown trials": (append(AGENT, "# " + "".join(f"NCT{n:08}\n# " for n in range(10, 60_000))), [
            'content:1: more than 1,000 problems of one kind; the others show when these are mended',
            '…',
            'content/agents/inventumab.yml:1052: no trial record NCT00001009',
        ]),
    "NUL": (write(NEW, TARGET.replace("PDCD9", "PDCD\0")), [
            'content/targets/pd-9.yml:3: control character U+0000; remove it',
        ]),
    "UTF-16": (write(NEW, TARGET.encode("utf-16")), [
            'content/targets/pd-9.yml:1: this is not UTF-8 text; save the file as UTF-8',
        ]),
    "Latin-1": (write(NEW, TARGET.replace("An invented", "Ein erfundénes").encode("latin-1")), [
            'content/targets/pd-9.yml:2: this is not UTF-8 text; save the file as UTF-8',
        ]),
    "a picture": (write(NEW, b"\x89PNG\r\n\x1a\n\x00\x00"), [
            'content/targets/pd-9.yml:1: this is not UTF-8 text; save the file as UTF-8',
        ]),
    "duplicate field": (write(NEW, TARGET + "symbol: PDCD1\n"), [
            'content/targets/pd-9.yml:7: symbol: given twice, first on line 3',
        ]),
    "YAML tag": (write(NEW, TARGET.replace("PDCD9", "!!python/object/apply:os.system [id]")), [
            'content/targets/pd-9.yml:3: symbol: YAML tags (!!python/object/apply:os.system) are not used here; write the plain value',
        ]),
    "merge key": (write(NEW, "<<: {name: x}\n" + TARGET), [
            'content/targets/pd-9.yml:1: merge keys (<<) are not used here; write the fields out',
        ]),
    "huge integer": (replace(TRIAL, "count: 1234", "count: " + "9" * 5000), [
            "content/trials/NCT00000001.yml:12: enrollment.count: '" + "9" * 231 + "…" + "9" * 222 + "' has more than nine digits",
        ]),
    "huge decimal": (replace(TRIAL, "value: '0.60'", "value: '" + "9" * 400 + "'"), [
            "content/trials/NCT00000001.yml:24: readouts[1].value: '" + "9" * 400 + "' has more than twelve digits in a row",
        ]),
    "digits of another script": (replace(TRIAL, "count: 1234", "count: ١٢٣"), [
            "content/trials/NCT00000001.yml:12: enrollment.count: '١٢٣' is not a whole number",
        ]),
    "a day in no calendar": (replace(TRIAL, "start: 2018-09", "start: 99999-99-99"), [
            "content/trials/NCT00000001.yml:14: start: '99999-99-99' is not a date; write YYYY-MM-DD, YYYY-MM or YYYY",
        ]),
    "a link to a file outside": (link(NEW, "/etc/passwd"), [
            'content/targets/pd-9.yml:1: a link out of the project; put the file itself here',
        ]),
    "a link to a folder outside": (link("content/targets/etc", "/etc"), [
            'content/targets/etc:1: a link to a folder; put the folder itself here',
        ]),
    "assets linked from outside": (both(lambda p: (p / "content/assets").mkdir(), link("content/assets/etc", "/etc")), [
            'content/assets/etc:1: a link to a folder; put the folder itself here',
        ]),
    "a folder that holds itself": (link("content/targets/again", "."), [
            'content/targets/again:1: a link to a folder; put the folder itself here',
        ]),
    "a link to itself": (link(NEW, "pd-9.yml"), [
            'content/targets/pd-9.yml:1: cannot be read: Too many levels of symbolic links',
        ]),
    "a link to nothing": (link(NEW, "nothing.yml"), [
            'content/targets/pd-9.yml:1: a link that leads nowhere',
        ]),
    "a folder named as a file": (lambda p: (p / NEW).mkdir(), [
            'content/targets/pd-9.yml:1: a folder with the name of a file; a record is one file',
        ]),
    "a pipe": (lambda p: os.mkfifo(p / NEW), [
            'content/targets/pd-9.yml:1: this is no ordinary file',
        ]),
    "an unreadable file": (lambda p: (p / "content/targets/pd-1.yml").chmod(0), [
            'content/targets/pd-1.yml:1: cannot be read: Permission denied',
        ]),
    "an unreadable folder": (lambda p: (p / "content/targets").chmod(0), [
            'content/targets:1: cannot be read: Permission denied',
        ]),
    "an id that climbs": (replace(AGENT, "targets: [pd-1]", "targets: [../../x]"), [
            "content/agents/inventumab.yml:5: targets[1]: '../../x' is not an id: lowercase words and hyphens",
        ]),
    "an address with an open bracket": (replace(TRIAL, "source: {page: https://clinicaltrials.gov/study/NCT00000001,", "source: {page: 'http://[',"), [
        f"{TRIAL}:15: source.page: 'http://[' is not a web address that starts with https://",
    ]),
    "a link that climbs": (append(PAGE, "\nSee [[agent:../../x]], [it](../../../etc/passwd) and [that](http://[).\n"), [
            "content/index.md:13: '[[agent:../../x]]' is not a link to a record; write [[kind:id]] or [[kind:id|words]]",
            "content/index.md:13: 'http://[' is no address",
            "content/index.md:13: no page '../../../etc/passwd'; pages are named with .md, data with {{ }}",
        ]),
    "a key that climbs": (append(BIB, "\n@misc{../../x,\n  title = {x}\n}\n"), [
            "references.bib:36: '../../x' is not a key: family name, year and a word, such as robert2015pembrolizumab",
        ]),
    "a name that breaks the line": (write("content/targets/a\nb.yml", TARGET), [
            'content/targets/a b.yml:1: the name holds a character that addresses cannot; use letters, digits and hyphens',
        ]),
    "a name that steers the terminal": (write("content/\x1b[2J\u202e.md", "# x\n"), [
            'content/ [2J .md:1: the name holds a character that addresses cannot; use letters, digits and hyphens',
        ]),
    "a name that is no text": (lambda p: (p / os.fsdecode(b"content/targets/\xff.yml")).write_text(TARGET), [
            'content/targets/ .yml:1: the name holds a character that addresses cannot; use letters, digits and hyphens',
        ]),
    "names that differ in case": (both(write("content/targets/PD-1.yml", TARGET), write("content/Agents.md", "# x\n"), write("content/agents.md", "# x\n")), [
            'content/agents.md:1: differs from content/Agents.md in case only; some disks cannot tell them apart',
            "content/targets/PD-1.yml:1: the file name 'PD-1' is not an id: lowercase words and hyphens",
            'content/targets/pd-1.yml:1: differs from content/targets/PD-1.yml in case only; some disks cannot tell them apart',
        ]),
    "trials that extend each other": (replace(TRIAL, "sponsor: Invented Pharma", "parent: NCT00000002\nsponsor: Invented Pharma"), [
            "content/trials/NCT00000001.yml:13: parent: leads back to 'NCT00000001'",
            "content/trials/NCT00000002.yml:10: parent: leads back to 'NCT00000002'",
        ]),
    "an agent that is a form of itself": (replace(AGENT, "targets: [pd-1]", "targets: [pd-1]\nform_of: inventumab"), [
            "content/agents/inventumab.yml:6: form_of: leads back to 'inventumab'",
        ]),
    "a family as its own member": (replace("content/mechanisms/deaf-tumour.yml", "family: ", "family: deaf-tumour # "), [
            "content/mechanisms/deaf-tumour.yml:4: family: no family 'deaf-tumour'",
        ]),
    "a line of 900,000 braces": (append("content/agents/inventumab.md", "{{" * 90_000), [
            'content/agents/inventumab.md:4: a line of more than 1,000 characters; write one sentence a line',
        ]),
    "many lines of braces": (write("content/agents/inventumab.md", "{{\n" * 60_000), [
            "content/agents/inventumab.md:1: '{{' is never closed",
            '…',
            'content/agents/inventumab.md:100: and 59,900 more problems in this file',
        ]),
    "a bibliography that opens braces": (append(BIB, "@article{a2020b,\n  title = {" + "{" * 900_000), [
            'references.bib:35: this entry cannot be read; is a brace, a comma or a quote missing?',
        ]),
    "a bibliography that closes braces": (append(BIB, "@article{a2020b,\n  title = {x" + "}" * 900_000), [
            "references.bib:35: a2020b: missing field 'author': authors as `Family, Given`; `others` closes a list that was cut",
            "references.bib:35: a2020b: missing field 'year': the year of the issue",
            'references.bib:35: a2020b.checked: missing date, page, as_of; a check has date, page and as_of, or says `unverified: <why>`',
            "references.bib:36: stray text '}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}'; a comment starts with %",
        ]),
    "a bibliography of openings": (write(BIB, "@article{" * 500_000), [
            'references.bib:1: and 499,000 more problems in this file',
            'references.bib:1: this entry cannot be read; is a brace, a comma or a quote missing?',
        ]),
    "a bibliography with NUL": (append(BIB, "@misc{\0}"), [
            'references.bib:35: control character U+0000; remove it',
        ]),
    "content that is a link": (both(lambda p: (p / "content").rename(p / "elsewhere"), link("content", "elsewhere")), [
            'content:1: a link to a folder; put the folder itself here',
            '…',
            "references.bib:28: nothing cites 'loe2021unseen'; cite it or take it out",
        ]),
    "a template that is no text": (write("templates/agent.md.j2", b"\xff\xfe\x00"), [
            'templates/agent.md.j2:1: this is not UTF-8 text; save the file as UTF-8',
        ]),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_hostile(name: str, project: Path) -> None:
    edit, expected = CASES[name]
    edit(project)
    done = command(project, "check")
    (project / "content/targets").chmod(0o755)
    said = done.stderr.splitlines()
    assert "Traceback" not in done.stderr, done.stderr[-2000:]
    assert (done.returncode, done.stdout) == (1, "")
    assert len(said) < 1100
    assert said[-1] == f"{len(said) - 1} problem{'s' if len(said) != 2 else ''}"
    if "…" in expected:  # too many to write down: the first, how it goes on, and the last
        said[1:-2] = ["…"]
    assert said[:-1] == expected


@pytest.mark.parametrize(
    "edit",
    [
        write(AGENT_PROSE, "Words.\r\n\r\nMore words.\r\n"),
        lambda p: (p / TRIAL).write_bytes((p / TRIAL).read_bytes().replace(b"\n", b"\r\n")),
        lambda p: (p / BIB).write_bytes(b"\xef\xbb\xbf" + (p / BIB).read_bytes().replace(b"\n", b"\r\n")),
        lambda p: (p / TRIAL).write_bytes(b"\xef\xbb\xbf" + (p / TRIAL).read_bytes()),
        append(AGENT_PROSE, "\n" + "".join("`" * n + "\n" for n in range(3, 600))),
        write("content/targets/.pd-9.yml.swp", b"\0"),
        write("content/targets/pd-9.yml~", b"\0"),
    ],
    ids=[
        "CRLF in prose",
        "CRLF in a record",
        "BOM and CRLF in the bibliography",
        "BOM",
        "open fences",
        "swap file",
        "backup",
    ],
)
def test_strange_but_harmless(edit: Edit, project: Path) -> None:
    edit(project)
    assert [str(p) for p in checks.problems(review.load(project))] == []


def test_a_line_is_counted_after_a_mark_and_other_line_ends(project: Path) -> None:
    text = (project / TRIAL).read_bytes().replace(b"arms: 2}", b"arms: two}")
    for raw in (text, b"\xef\xbb\xbf" + text, text.replace(b"\n", b"\r\n")):
        (project / TRIAL).write_bytes(raw)
        said = [str(p) for p in checks.problems(review.load(project))]
        assert said == [f"{TRIAL}:7: design.arms: 'two' is not a whole number"]


@pytest.mark.parametrize("what", ["trial", "reference"])
@pytest.mark.parametrize("id", ["../../x", "NCT00000001/../x", "10.5555/../../x\n}", "", "\x1b[2J", "-x"])
def test_new_takes_no_such_id(
    what: str, id: str, project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(commands, "ROOT", project)
    before = sorted(project.rglob("*"))
    assert commands.main(["new", "--offline", what, "--", id]) == 1
    assert capsys.readouterr().err.count("\n") == 1
    assert sorted(project.rglob("*")) == before


@pytest.mark.parametrize("value", ["0", "0.00", "999999999999"])
def test_a_ratio_off_the_scale_is_drawn_at_its_end(value: str, project: Path) -> None:
    replace(TRIAL, "value: '0.60'", f"value: '{value}'")(project)
    found = review.load(project)
    assert checks.problems(found) == ()
    drawn = pages.render(found, Addresses())["cancers/melanoma.md"]
    assert f"{value} (0.50 to 0.72)" in drawn
