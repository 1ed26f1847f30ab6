"""The commit is the only clock."""

from __future__ import annotations

from pathlib import Path

import pytest
from sites import commit_all

from build_scripts import exports, history, review


def test_a_clean_commit_and_a_changed_tree(project: Path) -> None:
    commit_all(project, "2026-01-20T23:30:00-05:00")
    clean = history.commit(project)
    assert clean is not None
    assert (len(clean.name), clean.day) == (40, "2026-01-21")
    (project / "content/agents/inventumab.md").write_text("Changed.\n")
    changed = history.commit(project)
    assert changed == history.Commit(f"{clean.name}-changed", clean.seconds)
    assert (
        f'"generated_from": "{clean.name}-changed"'.encode() in exports.files(review.load(project))["data/trials.json"]
    )


def test_outside_a_repository(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    assert history.commit(project) is None
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1768867200")
    assert history.commit(project) == history.Commit("unknown", 1768867200)


def test_inside_another_repository(project: Path) -> None:
    commit_all(project.parent)
    assert history.commit(project) is None
