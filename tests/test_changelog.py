"""What changed on each day, out of a small repository's history; the page and the feeds that say so."""

from __future__ import annotations

import json
import re
import subprocess
from datetime import datetime
from pathlib import Path
from uuid import UUID
from xml.etree import ElementTree as xml

import jsonschema
import pytest
from conftest import ROOT
from sites import commit_all, mkdocs, small_site

from build_scripts import changelog, feeds, history, pages, review
from build_scripts.changelog import Entry, Log, told
from build_scripts.changes import Change

A, T1, T2 = "agents/inventumab.yml", "trials/NCT00000001.yml", "trials/NCT00000002.yml"


def edit(project: Path, file: str, old: str, new: str) -> None:
    path = project / "content" / file
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def lived(project: Path) -> Path:
    """A project with five commits on four days: two with facts, one with looks only, one with prose only."""
    (project / ".gitignore").write_text(".cache/\nsite/\n")
    edit(project, T1, "status: COMPLETED", "status: RECRUITING")
    commit_all(project, "2026-01-10T12:00:00+00:00")
    edit(project, T1, "status: RECRUITING", "status: COMPLETED")
    commit_all(project, "2026-01-12T09:00:00+00:00")
    edit(
        project, A, "        checked: {unverified: no page gives the day}\n",
        "        checked: {unverified: no page gives the day}\n"
        "      - event: withdrawn\n        date: 2023-04-05\n        reason: the company <b>asked\n"
        "        source: {page: https://example.org/}\n        checked: {unverified: invented}\n".replace("<b>", "& we "),
    )  # fmt: skip
    commit_all(project, "2026-01-12T23:59:00+00:00")
    edit(project, T1, "date: 2026-01-10", "date: 2026-01-13")
    edit(project, T2, "date: 2026-01-10", "date: 2026-01-13")
    commit_all(project, "2026-01-13T12:00:00-14:00")
    (project / "content/agents/inventumab.md").write_text("Other words.\n")
    commit_all(project, "2026-01-15T12:00:00+00:00")
    return project


DAYS = {
    "2026-01-14": ["2 records looked up again, with nothing to change"],
    "2026-01-12": [
        "inventumab:melanoma-advanced: melanoma, advanced, first line: withdrawn on 2023-04-05 (the company & we asked)",
        "NCT00000001: status: 'RECRUITING' became 'COMPLETED'",
    ],
}


def said(log: Log) -> dict[str, list[str]]:
    return {
        day.date: [f"{entry.id}: {line}" if entry.id else line for entry in told(day.changes) for line in entry.lines]
        for day in log.days
    }


def test_each_day_on_which_facts_changed(project: Path) -> None:
    log = changelog.load(lived(project))
    found = said(log)
    first = found.pop("2026-01-10")
    assert found == DAYS
    assert "inventumab: new record" in first and "doe2020first: new record" in first
    assert (
        "inventumab:melanoma-later: melanoma, advanced, previously treated: withdrawn on 2021-07-08 (the confirmatory trial failed)"
        in first
    )
    assert not log.cut and log.unknown is None


def test_a_clock_that_was_set_back_makes_no_day_later(project: Path) -> None:
    commit_all(project, "2026-01-20T12:00:00+00:00")
    edit(project, T1, "status: COMPLETED", "status: TERMINATED")
    commit_all(project, "2026-01-10T12:00:00+00:00")
    assert [day.date for day in changelog.load(project).days] == ["2026-01-10"]


def test_only_so_many_days(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(changelog, "MOST_DAYS", 2)
    log = changelog.load(lived(project))
    assert said(log) == DAYS
    assert log.cut


def new(kind: str, count: int, what: str = "new", words: str = "new record") -> list[Change]:
    return [Change(kind, f"x{n:03}", words, what) for n in range(count)]  # type: ignore[arg-type]


def test_many_of_a_kind_are_counted() -> None:
    assert [(e.id, e.lines) for e in told(new("trial", 3))] == [(f"x{n:03}", ("new record",)) for n in range(3)]
    assert len(told(new("trial", changelog.MANY))) == changelog.MANY
    many = told(new("trial", 199) + new("reference", 30, "renamed", "renamed from 'y'") + new("agent", 1))
    assert many == (
        Entry("agent", "new", "x000", ("new record",)),
        Entry("trial", "new", None, ("199 new records",)),
        Entry("reference", "renamed", None, ("30 records renamed",)),
    )


def test_looks_are_counted_and_what_regulators_did_comes_first() -> None:
    looks = new("trial", 34, "looked up", "2 rows looked up again")
    action = Change("agent", "a", "melanoma: approved on 2026-01-01", "action", "a:melanoma", ("melanoma",))
    assert told([*looks, *new("trial", 1, "changed", "phase: x"), action]) == (
        Entry("approval", "action", "a:melanoma", ("melanoma: approved on 2026-01-01",)),
        Entry("trial", "changed", "x000", ("phase: x",)),
        Entry("looks", "looked up", None, ("33 records looked up again, with nothing to change",)),
    )


def test_a_record_with_many_changes_says_how_many_more() -> None:
    (entry,) = told([Change("agent", "a", f"field{n}: x") for n in range(30)])
    assert entry.lines == (*(f"field{n}: x" for n in range(7)), "23 more changes")


def test_a_second_time_asks_only_for_the_days(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = changelog.load(lived(project))
    left = sorted((project / ".cache/changes").iterdir())
    assert len(left) == 3
    monkeypatch.setattr(changelog, "between", lambda *_: pytest.fail("this was worked out before"))
    assert changelog.load(project) == first
    monkeypatch.undo()
    whole = {path: path.read_bytes() for path in left}
    breaks = (lambda raw: b"", lambda raw: b"x\n[]", lambda raw: raw[:-3], lambda raw: raw.replace(b"o", b"p"))
    for broken in breaks:
        for path, raw in whole.items():
            path.write_bytes(broken(raw))
        assert changelog.load(project) == first
    edit(project, T1, "status: COMPLETED", "status: TERMINATED")
    commit_all(project, "2026-01-20T12:00:00+00:00")
    assert len(changelog.load(project).days) == 4
    assert len(list((project / ".cache/changes").iterdir())) == 4
    monkeypatch.setattr(changelog, "_code", lambda: b"other code")
    changelog.load(project)
    now = set((project / ".cache/changes").iterdir())
    assert len(now) == 4 and not now & set(left)


def test_an_unwritable_place_costs_only_time(project: Path) -> None:
    lived(project)
    (project / ".cache").write_text("a file stands where the folder should be")
    assert len(changelog.load(project).days) == 3


def test_a_save_changes_nothing_before_it_is_committed(project: Path) -> None:
    before = changelog.load(lived(project))
    edit(project, T1, "status: COMPLETED", "status: TERMINATED")
    assert changelog.load(project) == before


def test_no_history_is_said(project: Path, tmp_path: Path) -> None:
    none = changelog.load(project)
    assert none == Log((), "this copy was made outside the repository, as from an archive")
    lived(project)
    subprocess.run(["git", "clone", "-q", "--depth", "1", f"file://{project}", str(tmp_path / "shallow")], check=True)
    shallow = changelog.load(tmp_path / "shallow")
    assert shallow == Log((), "this copy was made from a shallow clone, which lacks the older commits")
    page = pages.render(review.load(project), log=shallow)["changes.md"]
    assert f"What changed is not known here: {shallow.unknown}." in page
    assert "feeds/" not in page
    assert feeds.files(review.load(project), shallow) == {}


def test_a_log_is_never_empty_without_a_reason() -> None:
    with pytest.raises(ValueError, match="says why"):
        Log(())


def test_an_older_state_that_cannot_be_read_is_said(project: Path) -> None:
    edit(project, T1, "status: COMPLETED", "state: COMPLETED")
    commit_all(project, "2026-01-10T12:00:00+00:00")
    edit(project, T1, "state: COMPLETED", "status: COMPLETED")
    commit_all(project, "2026-01-11T12:00:00+00:00")
    assert said(changelog.load(project))["2026-01-11"] == [
        "NCT00000001: not compared: one of its two states cannot be read"
    ]


def test_the_page(project: Path) -> None:
    found = review.load(lived(project))
    page = pages.render(found, log=changelog.load(project))["changes.md"]
    days = re.findall(r"^## (\S+) \{: #day-(\S+) \}$", page, re.MULTILINE)
    assert days == [(day, day) for day in ("2026-01-14", "2026-01-12", "2026-01-10")]
    assert (
        '<a href="../agents/inventumab/#use-melanoma-advanced">Inventumab</a>: '
        "melanoma, advanced, first line: withdrawn on 2023-04-05 (the company &amp; we asked)"
    ) in page
    assert '<a href="../trials/NCT00000001/">INVENT-1</a>, <a href="../trials/NCT00000002/">' in page.replace(
        " and ", ", "
    )
    assert '<a href="../feeds/approvals.xml">Atom</a>' in page


def test_a_record_that_is_gone_has_no_link(project: Path) -> None:
    commit_all(project, "2026-01-10T12:00:00+00:00")
    log = changelog.load(project)
    found = review.load(project)
    (project / "content/combinations/inventumab-chemotherapy.yml").unlink()
    assert "combinations/inventumab-chemotherapy" in pages.render(found, log=log)["changes.md"]
    page = pages.render(review.load(project), log=log)["changes.md"]
    assert "inventumab-chemotherapy: new record" in page and "combinations/inventumab-chemotherapy" not in page


ATOM = {"a": "http://www.w3.org/2005/Atom"}
JSON_FEED = {
    "type": "object",
    "required": ["version", "title", "items"],
    "properties": {
        "version": {"const": "https://jsonfeed.org/version/1.1"},
        "home_page_url": {"pattern": "^https://"},
        "feed_url": {"pattern": "^https://.*json$"},
        "authors": {"type": "array", "minItems": 1, "items": {"required": ["name"]}},
        "items": {
            "type": "array",
            "minItems": 1,
            "items": {
                "required": ["id", "content_text", "date_published"],
                "additionalProperties": False,
                "properties": {
                    "id": {"pattern": "^urn:uuid:"}, "url": {"pattern": "^https://"}, "title": {"type": "string"},
                    "content_text": {"type": "string", "minLength": 1},
                    "date_published": {"pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$"},
                },
            },
        },
    },
}  # fmt: skip


def check_atom(raw: bytes) -> list[str]:
    """What RFC 4287 asks of a feed; the titles of its entries."""
    feed = xml.fromstring(raw)
    for parent in (feed, *feed.findall("a:entry", ATOM)):
        for name in ("id", "title", "updated"):
            (only,) = parent.findall(f"a:{name}", ATOM)
            assert only.text
            if name == "id":
                UUID(only.text)
            if name == "updated":
                datetime.strptime(only.text, "%Y-%m-%dT%H:%M:%SZ")
        assert [link.get("href") for link in parent.findall("a:link[@rel='alternate']", ATOM)]
    assert feed.find("a:author/a:name", ATOM) is not None
    ids = [id.text for id in feed.findall("a:entry/a:id", ATOM)]
    assert ids and len(ids) == len(set(ids))
    assert all(content.text for content in feed.findall("a:entry/a:content", ATOM))
    return [title.text or "" for title in feed.findall("a:entry/a:title", ATOM)]


def test_feeds_can_be_read_back(project: Path) -> None:
    found = review.load(lived(project))
    files = feeds.files(found, changelog.load(project), site_url="https://example.org/r/")
    assert sorted(files) == sorted(
        f"feeds/{name}.{ending}" for name in ("all", "approvals", "cancers/melanoma") for ending in ("xml", "json")
    )
    titles = {path: check_atom(raw) for path, raw in files.items() if path.endswith(".xml")}
    withdrawn = "Inventumab: melanoma, advanced, first line: withdrawn on 2023-04-05 (the company & we asked)"
    assert titles["feeds/all.xml"][:3] == [
        "Checks: 2 records looked up again, with nothing to change",
        withdrawn,
        "INVENT-1: status: 'RECRUITING' became 'COMPLETED'",
    ]
    assert titles["feeds/approvals.xml"][0] == withdrawn
    assert {title.partition(":")[0] for title in titles["feeds/approvals.xml"]} == {
        "Inventumab",
        "Inventumab and chemotherapy",
    }
    twice = "Inventumab: melanoma, advanced, previously treated: approved on 2020-06-01, and 1 more"
    assert twice in titles["feeds/approvals.xml"]
    assert "Melanoma: new record" in titles["feeds/cancers/melanoma.xml"]
    assert not any("Chemotherapy: new" in title for title in titles["feeds/cancers/melanoma.xml"])
    for path, raw in files.items():
        if path.endswith(".json"):
            made = json.loads(raw)
            jsonschema.validate(made, JSON_FEED)
            assert [item["title"] for item in made["items"]] == titles[path.replace(".json", ".xml")]
            assert made["items"][0]["url"].startswith("https://example.org/r/")
    assert b'href="https://example.org/r/agents/inventumab/#use-melanoma-advanced"' in files["feeds/all.xml"]


def test_without_an_address_nothing_pretends_to_have_one(project: Path) -> None:
    found = review.load(lived(project))
    log = changelog.load(project)
    files = feeds.files(found, log)
    assert b'href="../../agents/inventumab/#use-melanoma-advanced"' in files["feeds/cancers/melanoma.xml"]
    assert b'rel="self"' not in files["feeds/all.xml"]
    made = json.loads(files["feeds/all.json"])
    assert not {"feed_url", "home_page_url"} & set(made) and not any("url" in item for item in made["items"])
    # Ids outlive the address.
    ids = [
        re.findall(rb"urn:uuid:[0-9a-f-]+", f["feeds/all.xml"])
        for f in (files, feeds.files(found, log, site_url="https://example.org/"))
    ]
    assert ids[0] == ids[1]


def test_a_built_site_has_its_feeds(tmp_path: Path) -> None:
    project = lived(small_site(tmp_path / "p"))
    for directories in ("true", "false"):
        done = mkdocs(project, "build", "--strict", DIRECTORY_URLS=directories)
        assert done.returncode == 0, done.stderr
        seen = 0
        for page, feed in (
            ("agents/inventumab", "all"),
            ("approvals/by-year", "approvals"),
            ("cancers/melanoma", "cancers/melanoma"),
        ):
            html = project / "site" / (f"{page}/index.html" if directories == "true" else f"{page}.html")
            links = re.findall(
                r'<link rel="alternate feed" type="application/(atom\+xml|feed\+json)"[^>]* href="([^"]+)">',
                html.read_text(),
            )
            assert len(links) == 2
            for form, link in links:
                target = (html.parent / link).resolve()
                seen += (
                    target == (project / f"site/feeds/{feed}.{'xml' if form == 'atom+xml' else 'json'}").resolve()
                    and target.is_file()
                )
        assert seen == 6
        check_atom((project / "site/feeds/cancers/melanoma.xml").read_bytes())


def test_no_feed_of_the_real_site_is_empty(real: review.Review) -> None:
    log = changelog.load(ROOT)
    if log.unknown:
        pytest.skip(f"excused: {log.unknown}")
    files = feeds.files(real, log)
    committed = changelog.state(ROOT, "HEAD") or {}
    new = {id for id in real.cancers if f"content/cancers/{id}.yml" not in committed}
    atoms = {path: raw for path, raw in files.items() if path.endswith(".xml") and Path(path).stem not in new}
    assert len(atoms) > 40
    if not log.cut:
        assert [path for path, raw in atoms.items() if not check_atom(raw)] == []


def test_the_state_of_a_revision(project: Path) -> None:
    lived(project)
    texts = changelog.state(project, "HEAD")
    assert texts is not None and "content/agents/inventumab.yml" in texts and "references.bib" in texts
    assert changelog.state(project, "no-such") is None
    assert history.contents(project, ["0" * 40]) is None
