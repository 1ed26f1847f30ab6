"""From structured facts to the pages, tables and downloads of the living review."""

from importlib.util import find_spec

if find_spec("bibtexparser") is None:
    raise SystemExit("the packages are not here; run `make check` once, then: .venv/bin/python -m build_scripts ...")
