"""The three forms in which a page can be cited."""

from __future__ import annotations

from build_scripts import citing
from build_scripts.history import Commit

MADE = Commit("0123456789abcdef", 1767225600)


def test_the_forms_name_the_page_and_its_version() -> None:
    found = citing.page("Loss of ears", "mechanisms/deaf-tumour.md", MADE)
    assert found.plain == f"ICB Resistance: a living review. Loss of ears. Version 0123456789ab. {MADE.day}. CC BY 4.0."
    assert found.bibtex.startswith("@misc{icb-resistance-mechanisms-deaf-tumour,\n")
    assert "  title = {Loss of ears},\n" in found.bibtex
    assert f"  year = {{{MADE.day[:4]}}},\n" in found.bibtex
    assert found.ris.startswith("TY  - ELEC\n")
    assert found.ris.endswith("ER  - \n")


def test_without_history_nothing_is_made_up() -> None:
    found = citing.page("Loss of ears", "mechanisms/index.md", None)
    assert found.plain.endswith("Version without history. CC BY 4.0.")
    assert "year" not in found.bibtex
    assert "DA  -" not in found.ris
