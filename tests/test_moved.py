"""Ids are permanent: a renamed record leaves a redirect, a renamed row an anchor, and no published address is lost."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from browsers import needs_browser, serving
from conftest import ROOT
from sites import mkdocs, small_site

from build_scripts import __main__ as commands
from build_scripts import moved, pages, review
from build_scripts.links import Addresses

LINKS = ROOT / commands.LINKS


def renamed(project: Path) -> Path:
    """The small project after a reference, an evidence item of it, an approval and a trial got other ids."""
    texts = {path: path.read_text() for path in project.rglob("*.*") if path.suffix in (".yml", ".md", ".bib")}
    for path, text in texts.items():
        new = text.replace("doe2020first", "roe2021best").replace("NCT00000002", "NCT00000009")
        new = new.replace("ears-lost", "ears-gone").replace("melanoma-advanced", "melanoma-late")
        path.write_text(new)
    for old, new in (("evidence/doe2020first", "evidence/roe2021best"), ("trials/NCT00000002", "trials/NCT00000009")):
        (project / f"content/{old}.yml").rename(project / f"content/{new}.yml")
    (project / review.MOVED).write_text(
        "reference:doe2020first: reference:roe2021best\n"
        "trial:NCT00000002: trial:NCT00000009\n"
        "evidence:doe2020first:ears-lost: evidence:roe2021best:ears-gone\n"
        "approval:inventumab:melanoma-advanced: approval:inventumab:melanoma-late\n"
    )
    return project


def links(project: Path) -> tuple[str, ...]:
    found = review.load(project)
    return moved.published(found, pages.paths(found))


def test_pages_and_rows_are_published(project: Path) -> None:
    found = links(project)
    assert {
        "./", "agents/", "agents/inventumab/", "agents/inventumab/#use-melanoma-advanced", "changes/",
        "combinations/inventumab-chemotherapy/#use-melanoma-first-line", "glossary/#term-ear-1",
        "references/doe2020first/", "references/doe2020first/#evidence-ears-lost",
    } <= set(found)  # fmt: skip


def test_a_renamed_id_keeps_every_address(project: Path) -> None:
    before = links(project)
    found = review.load(renamed(project))
    (project / review.MOVED).unlink()
    lost = review.load(project)
    assert moved.gone(lost, pages.paths(lost), before) == (
        "agents/inventumab/#use-melanoma-advanced",
        "references/doe2020first/",
        "references/doe2020first/#evidence-ears-lost",
        "references/doe2020first/#evidence-shouting",
        "trials/NCT00000002/",
    )
    assert moved.gone(found, pages.paths(found), before) == ()


def test_the_page_at_the_old_address(project: Path) -> None:
    found = review.load(renamed(project))
    served = moved.files(found, site_url="https://example.org/r", guarded=True)
    assert sorted(served) == ["references/doe2020first/index.html", "trials/NCT00000002/index.html"]
    page = served["references/doe2020first/index.html"].decode()
    assert '<meta http-equiv="refresh" content="0; url=../roe2021best/">' in page
    assert '<a href="../roe2021best/">' in page
    assert '<link rel="canonical" href="https://example.org/r/references/roe2021best/">' in page
    assert page.count("Content-Security-Policy") == 1
    files = moved.files(found, Addresses(directories=False))
    page = files["references/doe2020first.html"].decode()
    assert 'url=roe2021best.html"' in page and "canonical" not in page and "Security-Policy" not in page


def test_an_old_anchor_leads_on(project: Path) -> None:
    rendered = pages.render(review.load(renamed(project)))
    reference, agent = rendered["references/roe2021best.md"], rendered["agents/inventumab.md"]
    assert (
        'id="evidence-ears-lost">What stood here under another name is now <a href="#evidence-ears-gone">' in reference
    )
    assert 'id="use-melanoma-advanced">What stood here under another name is now <a href="#use-melanoma-late">' in agent


def test_what_moved_is_checked(problems_of: Callable[..., list[str]]) -> None:
    text = (
        "trial:NCT00000001: trial:NCT00000002\n"
        "trial:NCT00000007: trial:NCT00000008\n"
        "agent:old: agent:older\n"
        "agent:older: agent:inventumab\n"
        "agnt:old: agent:inventumab\n"
        "page:before: page:negative\n"
        "page:earlier: page:negativ\n"
        "reference:loe2020unseen: reference:loe2021unseen\n"
        "just: words\n"
    )
    edits = {
        review.MOVED: text,
        "content/agents/inventumab.md": "Cured [@loe2020unseen], by [[agent:older]].\n",
        "content/trials/NCT00000001.yml": ("source: {cite: doe2020first", "source: {cite: loe2020unseen"),
    }
    assert problems_of(edits) == [
        "content/agents/inventumab.md:1: no agent 'older'; it was renamed to 'inventumab'",
        "content/agents/inventumab.md:1: no reference 'loe2020unseen' in references.bib; it was renamed to 'loe2021unseen'",
        "content/moved.yml:1: trial:NCT00000001: 'trial:NCT00000001' is in use again; an old id is never used twice",
        "content/moved.yml:2: trial:NCT00000007: there is no 'trial:NCT00000008'; did you mean 'NCT00000002'?",
        "content/moved.yml:3: agent:old: 'agent:older' was renamed too; write 'agent:inventumab'",
        "content/moved.yml:5: agnt:old: no kind of record is called 'agnt'; did you mean 'agent'?",
        "content/moved.yml:7: page:earlier: there is no 'page:negativ'",
        "content/moved.yml:9: just: write `kind:old-id: kind:new-id`, such as `trial:NCT00000001: trial:NCT00000002`",
        "content/trials/NCT00000001.yml:31: readouts[1].source.cite: no reference 'loe2020unseen' in references.bib; it was renamed to 'loe2021unseen'",
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("# none yet\n", ["content/moved.yml:1: the file is empty"]),
        ("- a\n", ["content/moved.yml:1: what moved is a list of `kind:old-id: kind:new-id`"]),
    ],
)
def test_a_list_of_nothing(text: str, expected: list[str], problems_of: Callable[..., list[str]]) -> None:
    assert problems_of({review.MOVED: text}) == expected


def test_links_of_the_last_release_resolve(real: review.Review) -> None:
    """Ids are permanent: whoever kept an address finds what stood there."""
    published = LINKS.read_text(encoding="utf-8").splitlines()
    assert len(published) > 2000
    lost = moved.gone(real, pages.paths(real), published)
    assert not lost, "\n".join(map(moved.said, lost))


def test_the_list_of_links_is_not_renewed_while_one_is_lost(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(commands, "ROOT", project)
    assert commands.main(["links"]) == 0
    written = (project / commands.LINKS).read_text()
    assert capsys.readouterr().out == f"{written.count(chr(10))} addresses in {commands.LINKS}\n"
    assert written.splitlines()[0] == "./"
    renamed(project)
    text = (project / review.MOVED).read_text()
    (project / review.MOVED).write_text("".join(text.splitlines(keepends=True)[1:2]))
    assert commands.main(["links"]) == 1
    assert capsys.readouterr().err.splitlines() == [
        f"{link}: this address was published and is gone: add the old and the new id to content/moved.yml"
        for link in (
            "agents/inventumab/#use-melanoma-advanced",
            "references/doe2020first/",
            "references/doe2020first/#evidence-ears-lost",
            "references/doe2020first/#evidence-shouting",
        )
    ]
    assert (project / commands.LINKS).read_text() == written
    (project / review.MOVED).write_text(text)
    assert commands.main(["links"]) == 0


def test_a_built_site_has_the_pages(tmp_path: Path) -> None:
    project = renamed(small_site(tmp_path / "p"))
    done = mkdocs(project, "build", "--strict", SITE_URL="https://example.org/")
    assert done.returncode == 0, done.stderr
    page = (project / "site/trials/NCT00000002/index.html").read_text()
    assert 'href="https://example.org/trials/NCT00000009/"' in page and "Security-Policy" in page
    assert "trials/NCT00000002/" not in (project / "site/sitemap.xml").read_text()
    assert mkdocs(project, "build", "--strict", DIRECTORY_URLS="false").returncode == 0
    page = (project / "site/trials/NCT00000002.html").read_text()
    assert 'url=NCT00000009.html"' in page and "canonical" not in page


@needs_browser
@pytest.mark.parametrize("scripts", [True, False])
def test_a_browser_is_led_on(scripts: bool, tmp_path: Path, browser: Any) -> None:
    project = renamed(small_site(tmp_path / "p"))
    assert mkdocs(project, "build", "--strict").returncode == 0
    with serving(project / "site") as address:
        context = browser.new_context(java_script_enabled=scripts)
        page = context.new_page()
        said: list[str] = []
        page.on("console", lambda message: said.append(message.text))
        page.goto(f"{address}references/doe2020first/#evidence-shouting")
        anchor = "#evidence-shouting" if scripts else ""
        page.wait_for_url(f"{address}references/roe2021best/{anchor}", timeout=10_000)
        assert said == []
        context.close()
