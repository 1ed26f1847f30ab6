"""The commands: check the content, write the site as a plain tree, write the editors' schemas."""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
from contextlib import AbstractContextManager
from datetime import date
from pathlib import Path

from build_scripts import (
    changelog,
    changes,
    checks,
    cite,
    downloads,
    editor,
    feeds,
    model,
    moved,
    pages,
    review,
    rows,
    tables,
    whole,
)
from build_scripts.links import Addresses
from build_scripts.progress import Progress
from build_scripts.scalars import DOI, NCT, PMID, SLUG

ROOT = Path(__file__).resolve().parent.parent
LINKS = "tests/links-of-last-release.txt"


def main(arguments: list[str] | None = None) -> int:
    """Runs one command; 0 if all is well, 1 if the content or the disk has problems, each printed on a line of its own."""
    try:
        return _run(arguments)
    except BrokenPipeError:
        raise
    except OSError as error:
        print(f"{error.filename or ROOT}: {error.strerror}", file=sys.stderr)
        return 1


def _run(arguments: list[str] | None) -> int:
    parser = argparse.ArgumentParser(prog="python -m build_scripts", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("check", help="report every problem of the content")
    build = commands.add_parser("build", help="write every page and download as a plain tree")
    build.add_argument("out", type=Path, help="an empty or new folder")
    build.add_argument(
        "--files", action="store_true", help="address pages as files, for an archive that opens from disk"
    )
    commands.add_parser("site", help="build the strict site into site/, whole or not at all")
    made = commands.add_parser("schema", help="write the JSON Schemas and the commented templates to schema/")
    made.add_argument("--ids", action="store_true", help="also let the editor of this clone know every id")
    commands.add_parser("links", help=f"write every address that a reader may keep to {LINKS}, at a release")
    state = commands.add_parser("approvals", help="list the uses in force on a day, one a line")
    state.add_argument("--on", required=True, metavar="YYYY-MM-DD", help="the day")
    look = commands.add_parser("audit", help="ask the registries what has changed; reports, and edits nothing")
    look.add_argument("--json", type=Path, metavar="FILE", help="also write the findings here")
    since = commands.add_parser("changes", help="what changed in the facts since a revision, in words")
    since.add_argument("revision", metavar="REV", help="a commit, tag or branch")
    new = commands.add_parser("new", help="start a record, filled from the registry where it can be reached")
    new.add_argument("what", choices=["reference", *sorted(model.KINDS)])
    new.add_argument(
        "ids",
        nargs="+",
        metavar="ID",
        help="the file's name; for a trial its registry number, for a reference a DOI or a PubMed identifier",
    )
    new.add_argument("--offline", action="store_true", help="ask nobody; write a skeleton")
    given = parser.parse_args(arguments)

    if given.command == "schema":
        return _schema(given.ids)
    if given.command == "site":
        from build_scripts import hook  # the only module that needs MkDocs

        return hook.site(ROOT)
    if given.command == "new":
        return _all_new(given.what, [id.strip() for id in given.ids], given.offline)
    found = review.load(ROOT)
    editor.refresh(ROOT, found)
    if problems := checks.problems(found):
        print(*problems, sep="\n", file=sys.stderr)
        print(f"{len(problems)} problem{'s' if len(problems) != 1 else ''}", file=sys.stderr)
        return 1
    if given.command == "approvals":
        return _approvals(found, given.on)
    if given.command == "changes":
        return _changes(found, given.revision)
    if given.command == "links":
        return _links(found)
    if given.command == "audit":
        return _audit(found, given.json)
    if given.command == "check":
        print(f"{sum(map(len, found.records.values()))} records and {len(found.references)} references: no problems")
        return 0
    return _build(found, given.out, Addresses(directories=not given.files))


def _approvals(found: review.Review, day: str) -> int:
    """Prints the ledger's state on a day: id, cancer, setting and line, first approval, separated by tabs."""
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", day) or not _is_day(day):
        print(f"--on: '{day}' is not a day; write YYYY-MM-DD", file=sys.stderr)
        return 1
    state = rows.in_force_on(found, day)
    for row in state:
        print(row.id, row.cancer, tables.setting(found, row.setting, row.line), row.approved_on, sep="\t")
    print(f"{len(state)} uses were in force on {day}, as far as this review has recorded", file=sys.stderr)
    return 0


def _changes(found: review.Review, revision: str) -> int:
    """Prints every difference of the facts since a revision, one a line."""
    old = changelog.state(ROOT, revision)
    if old is None:
        print(f"no revision '{revision}' here; a shallow clone or an archive has no history", file=sys.stderr)
        return 1
    found_changes = changes.between(old, found.texts)
    print(*found_changes, sep="\n", end="\n" if found_changes else "")
    print(f"{len(found_changes)} changes since {revision}", file=sys.stderr)
    return 0


def _links(found: review.Review) -> int:
    """Writes the addresses that this release publishes; 1 if one of the last release is gone, each said on a line."""
    paths, there = pages.paths(found), ROOT / LINKS
    lost = moved.gone(found, paths, there.read_text().splitlines()) if there.exists() else ()
    if lost:
        print(*map(moved.said, lost), sep="\n", file=sys.stderr)
        return 1
    links = moved.published(found, paths)
    whole.write(there, "".join(f"{link}\n" for link in links).encode())
    print(f"{len(links)} addresses in {LINKS}")
    return 0


def _audit(found: review.Review, out: Path | None) -> int:
    """Prints what the registries say otherwise; 1 if anything differs or is retracted, 2 if a registry was silent."""
    from build_scripts import audit, registry  # the network stays out of every other command

    findings, progress = [], Progress("records asked")
    for finding in audit.audit(found, registry.Client(), progress):
        findings.append(finding)
        progress.clear()
        print(*finding.lines(), sep="\n", flush=True)
    if out:
        whole.write(out, (json.dumps([f.as_json() for f in findings], ensure_ascii=False, indent=1) + "\n").encode())
    differ, silent = sum(bool(f.drift) for f in findings), sum(bool(f.unanswered) for f in findings)
    print(f"{differ} records differ, {silent} could not be asked for in full", file=sys.stderr)
    return 1 if differ else 2 if silent else 0


def _all_new(what: str, ids: list[str], offline: bool) -> int:
    """Makes a record of each id; 1 if one of them could not be made."""
    progress, failed = Progress(f"{what}s asked"), 0
    for done, id in enumerate(ids):
        failed |= _new(what, id, offline, progress.at(done, len(ids)))
    return failed


def _new(what: str, id: str, offline: bool, waiting: AbstractContextManager[None]) -> int:
    """Starts a record, or adds a reference and prints the line that cites it; 1 if it is there already."""
    forms = {"trial": (NCT, "a registry number, NCT and eight digits"), "paper": (cite.KEY, "a key of references.bib")}
    form, wanted = forms.get(what, (SLUG, "an id: lowercase words and hyphens"))
    if what == "reference":
        form, wanted = re.compile(rf"{DOI.pattern}|{PMID.pattern}"), "a DOI or a PubMed identifier"
    if not form.fullmatch(id):
        print(f"{id!r} is not {wanted}", file=sys.stderr)
        return 1
    found = review.load(ROOT)
    if what == "reference":
        there = next((key for key, r in found.references.items() if id in (r.doi, r.pmid)), None)
    else:
        there = f"{review.CONTENT}/{model.KINDS[what][0]}/{id}.yml"
    if there and (what == "reference" or (ROOT / there).exists()):
        print(f"{id} is there already: {there}", file=sys.stderr)
        return 1
    if what == "reference":
        return _added(found, id, offline, waiting)
    return _started(found, what, id, str(there), offline, waiting)


def _started(
    found: review.Review, kind: str, id: str, file: str, offline: bool, waiting: AbstractContextManager[None]
) -> int:
    """Writes a trial as the registry knows it, or the template of any kind."""
    from build_scripts import drafts, registry  # the network stays out of every other command

    day, text = date.today().isoformat(), editor.template(kind, found.vocabularies)
    if kind == "trial":
        # A skeleton knows where its facts will be found.
        text = text.replace("\n  page:  #", f"\n  page: {drafts.registry_page(id)}  #")
        try:
            with waiting:
                text = text if offline else drafts.trial(id, registry.Client().trial(id), day)
        except registry.NotFound as error:
            print(error, file=sys.stderr)
            return 1
        except registry.Unanswered as error:
            print(f"{error}; this is a skeleton", file=sys.stderr)
    whole.write(ROOT / file, text.encode())
    print(f"{file}: fill in what is empty, then run: python -m build_scripts check")
    return 0


def _added(found: review.Review, id: str, offline: bool, waiting: AbstractContextManager[None]) -> int:
    """Adds a paper to the bibliography."""
    from build_scripts import drafts, registry  # the network stays out of every other command

    answer = None
    if not offline:
        client = registry.Client()
        try:
            with waiting:
                answer = client.work(id) if id.startswith("10.") else client.paper(id)
        except registry.NotFound as error:
            print(error, file=sys.stderr)
            return 1
        except registry.Unanswered as error:
            print(f"{error}; this is a skeleton", file=sys.stderr)
    key, entry = drafts.reference(id, answer, found.references, date.today().isoformat())
    bibliography = ROOT / review.BIBLIOGRAPHY
    whole.write(bibliography, bibliography.read_bytes() + f"\n{entry}".encode())
    print(f"added to {review.BIBLIOGRAPHY}; cite it in prose as [@{key}], in a record as {{cite: {key}}}")
    return 0


def _is_day(day: str) -> bool:
    try:
        date.fromisoformat(day)
    except ValueError:
        return False
    return True


def _build(found: review.Review, out: Path, addresses: Addresses) -> int:
    if out.exists() and any(out.iterdir()):
        print(f"{out}: the folder is not empty; name a new one", file=sys.stderr)
        return 1
    log = changelog.load(ROOT, Progress("days compared"))
    tree = {path: text.encode() for path, text in pages.render(found, addresses, log).items()}
    tree |= downloads.files(found) | feeds.files(found, log, addresses) | moved.files(found, addresses)
    for path, content in tree.items():
        whole.write(out / path, content)
    print(f"{len(tree)} files in {out}")
    return 0


def _schema(ids: bool) -> int:
    """Writes the schemas and templates, and on request the lists of ids, of which git is told to see nothing."""
    found = review.load(ROOT)
    for path, text in editor.files(found.vocabularies).items():
        whole.write(ROOT / path, text.encode())
    if ids:
        if not editor.fill(ROOT, found):
            print("this is no git repository; the lists are filled all the same", file=sys.stderr)
        print("your editor now knows every id of this clone; check and the preview keep the lists up to date")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:  # `... | head` has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
