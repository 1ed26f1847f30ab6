"""The commands: check the content, write the site as a plain tree, write the editors' schemas."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from build_scripts import checks, exports, model, pages, review
from build_scripts.links import Addresses

ROOT = Path(__file__).resolve().parent.parent


def main(arguments: list[str] | None = None) -> int:
    """Runs one command; 0 if all is well, 1 if the content has problems, each printed on a line of its own."""
    parser = argparse.ArgumentParser(prog="python -m build_scripts", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("check", help="report every problem of the content")
    build = commands.add_parser("build", help="write every page and download as a plain tree")
    build.add_argument("out", type=Path, help="an empty or new folder")
    build.add_argument("--files", action="store_true", help="address pages as files, for an archive that opens from disk")
    commands.add_parser("site", help="build the strict site into site/, whole or not at all")
    commands.add_parser("schema", help="write the JSON Schema of each kind of record to schema/")
    given = parser.parse_args(arguments)

    if given.command == "schema":
        for path, text in schema_files().items():
            _write(ROOT / path, text.encode())
        return 0
    if given.command == "site":
        from build_scripts import hook  # the only module that needs MkDocs

        return hook.site(ROOT)
    found = review.load(ROOT)
    if problems := checks.problems(found):
        print(*problems, sep="\n", file=sys.stderr)
        print(f"{len(problems)} problem{'s' if len(problems) != 1 else ''}", file=sys.stderr)
        return 1
    if given.command == "check":
        print(f"{sum(map(len, found.records.values()))} records and {len(found.references)} references: no problems")
        return 0
    return _build(found, given.out, Addresses(directories=not given.files))


def _build(found: review.Review, out: Path, addresses: Addresses) -> int:
    try:
        if out.exists() and any(out.iterdir()):
            print(f"{out}: the folder is not empty; name a new one", file=sys.stderr)
            return 1
        tree = {path: text.encode() for path, text in pages.render(found, addresses).items()} | exports.files(found)
        for path, content in tree.items():
            _write(out / path, content)
    except OSError as error:
        print(f"{error.filename or out}: {error.strerror}", file=sys.stderr)
        return 1
    print(f"{len(tree)} files in {out}")
    return 0


def schema_files() -> dict[str, str]:
    """The schemas that are kept in the repository, by path."""
    return {
        f"schema/{name}.json": json.dumps(schema, ensure_ascii=False, indent=2) + "\n"
        for name, schema in model.schemas().items()
    }


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


if __name__ == "__main__":
    sys.exit(main())
