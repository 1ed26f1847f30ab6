"""What pages say of themselves to machines: the right type, the right names, nothing empty."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from sites import mkdocs, small_site

from build_scripts import linked_data, review

TYPES = {
    ("agent", "nivolumab"): "Drug",
    ("combination", "nivolumab-ipilimumab"): "MedicalTherapy",
    ("cancer", "melanoma"): "MedicalCondition",
    ("target", "pd-1"): "Gene",
    ("mechanism", "b2m-loss"): "MedicalWebPage",
    ("concept", "immunoediting"): "MedicalWebPage",
}


@pytest.mark.parametrize("named", TYPES)
def test_each_kind_has_its_type(named: tuple[str, str], real: review.Review) -> None:
    kind, id = named
    said = linked_data.of_record(real, kind, id, real.get(kind, id))
    assert said is not None
    assert said["@type"] == TYPES[named]
    assert said["name"]
    assert all(value not in (None, "", []) for value in said.values())


def test_a_trial_names_its_registry_record(real: review.Review) -> None:
    id, trial = next(iter(real.trials.items()))
    said = linked_data.of_record(real, "trial", id, trial)
    assert said is not None
    assert (said["@type"], said["identifier"]) == ("MedicalTrial", id)
    assert said["sameAs"] == f"https://clinicaltrials.gov/study/{id}"


def test_a_paper_is_an_article_of_its_authors(real: review.Review) -> None:
    key, reference = next((k, r) for k, r in real.references.items() if r.doi)
    said = linked_data.of_record(real, "reference", key, reference)
    assert said is not None
    assert said["@type"] == "ScholarlyArticle"
    assert said["headline"] == reference.title
    assert said["author"]
    assert {"@type": "Person", "name": "others"} not in said["author"]


def test_pages_carry_it_with_addresses_and_days(tmp_path: Path) -> None:
    project = small_site(tmp_path / "project")
    done = mkdocs(project, "build", "--strict", SITE_URL="https://example.org/review/")
    assert done.returncode == 0, done.stderr
    page = (project / "site/trials/NCT00000001/index.html").read_text()
    (found,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    assert json.loads(found)["@type"] == "MedicalTrial"
    assert '<meta property="og:title" content="INVENT-1">' in page
    assert '<link rel="canonical" href="https://example.org/review/trials/NCT00000001/">' in page
    narrative = (project / "site/mechanisms/deaf-tumour/index.html").read_text()
    assert '<meta name="citation_title" content="Deaf tumour">' in narrative
    assert "citation_title" not in page
    sitemap = (project / "site/sitemap.xml").read_text()
    days = dict(re.findall(r"<loc>(.*?)</loc>\s*<lastmod>(.*?)</lastmod>", sitemap))
    assert days["https://example.org/review/mechanisms/deaf-tumour/"] == "2026-01-10"
