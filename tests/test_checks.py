"""Each rule over several records, with the exact words an editor gets when it is broken."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from build_scripts import checks, resistance_checks, review

A = "content/agents/inventumab.yml"
C = "content/combinations/inventumab-chemotherapy.yml"
T1, T2 = "content/trials/NCT00000001.yml", "content/trials/NCT00000002.yml"
E, M = "content/evidence/doe2020first.yml", "content/mechanisms/deaf-tumour.yml"
S, F = "content/strategies/shouting.yml", "content/families/invented-silence.md"
R, K = "content/reviews/poe-2022.yml", "content/corrections/poe-invent-1.yml"

BROKEN: dict[str, tuple[dict[str, tuple[str, str] | str | None], list[str]]] = {
    "unknown id": (
        {C: ("components: [inventumab, ", "components: [inventumb, ")},
        [f"{C}:3: components[1]: no agent or intervention 'inventumb'; did you mean 'inventumab'?"],
    ),
    "unknown kind in a record link": (
        {K: ("[trial:NCT00000002, ", "[trail:NCT00000002, ")},
        [f"{K}:3: about[1]: no kind of record is called 'trail'; did you mean 'trial'?"],
    ),
    "unknown word": (
        {A: ("setting: advanced", "setting: advancd")},
        [f"{A}:19: approvals[1].setting: 'advancd' is not a word of settings.yml; did you mean 'advanced'?"],
    ),
    "registry number without a record": (
        {T1: ("summary: Inventumab against", "summary: After NCT00000005, inventumab against")},
        [f"{T1}:3: no trial record NCT00000005; did you mean 'NCT00000002'?"],
    ),
    "registry number without a record, in a field of its own": (
        {T2: ("parent: NCT00000001", "parent: NCT77777777")},
        [f"{T2}:10: parent: no trial 'NCT77777777'"],
    ),
    "registry number in a template": (
        {"templates/page.md.j2": ("# {{ title", "NCT00000009 # {{ title")},
        ["templates/page.md.j2:5: no trial record NCT00000009; did you mean 'NCT00000002'?"],
    ),
    "registry number in the bibliography": (
        {"references.bib": ("title = {Inventumab in", "title = {NCT1234 Inventumab in")},
        ["references.bib:4: 'NCT1234' is not a registry number: NCT and eight digits"],
    ),
    "reference that is missing": (
        {T1: ("primary_publication: doe2020first", "primary_publication: doe2020frist")},
        [f"{T1}:17: primary_publication: no reference 'doe2020frist' in references.bib; did you mean 'doe2020first'?"],
    ),
    "reference that nothing cites": (
        {K: ("cite: loe2021unseen", "cite: poe2022review")},
        ["references.bib:28: nothing cites 'loe2021unseen'; cite it or take it out"],
    ),
    "approval earlier than the first": (
        {C: ("date: 2021-01-02", "date: 2019-01-02")},
        [f"{C}:17: approvals[1].events[1].date: 2019-01-02 is earlier than the first approval of inventumab (2020-03-04)"],
    ),
    "no approval on the stated first day": (
        {A: ("first_fda_approval: 2020-03-04", "first_fda_approval: 2020-03-03")},
        [f"{A}:12: first_fda_approval: no use of inventumab was approved on 2020-03-03"],
    ),
    "first approval not stated": (
        {A: ("first_fda_approval: 2020-03-04\n", "")},
        [f"{A}:1: missing field 'first_fda_approval': the agent has FDA approvals"],
    ),
    "events out of order": (
        {A: ("date: 2022-05", "date: 2019-05")},
        [f"{A}:31: approvals[1].events[2].date: 2019-05 comes before the event above it (2020-03-04)"],
    ),
    "first event is no approval": (
        {A: ("event: approved", "event: widened")},
        [f"{A}:26: approvals[1].events[1].event: the first event of a use is its approval"],
    ),
    "conversion of a regular approval": (
        {A: ("pathway: accelerated", "pathway: regular")},
        [f"{A}:30: approvals[1].events[2].event: only an accelerated approval is converted"],
    ),
    "withdrawal without a reason": (
        {A: ("        reason: the confirmatory trial failed\n", "")},
        [f"{A}:48: approvals[2].events[2]: missing field 'reason': why the use was withdrawn"],
    ),
    "event after a withdrawal": (
        {A: ("event: approved\n        date: 2020-06-01", "event: withdrawn\n        reason: x\n        date: 2020-06-01")},
        [
            f"{A}:44: approvals[2].events[1].event: the first event of a use is its approval",
            f"{A}:49: approvals[2].events[2].event: 'withdrawn' after a withdrawal; only a new approval can follow",
        ],
    ),
    "checked before it happened": (
        {C: ("date: 2021-01-02", "date: 2026-02-02")},
        [f"{C}:19: approvals[1].events[1].checked.date: checked before it happened"],
    ),
    "copy newer than the look-up": (
        {"content/targets/pd-1.yml": ("as_of: 2025-12-01", "as_of: 2026-02")},
        ["content/targets/pd-1.yml:7: checked.as_of: 2026-02 is after the look-up on 2026-01-10"],
    ),
    "dated status without a status": (
        {T1: ("status: COMPLETED", "status: null")},
        [f"{T1}:6: status_as_of: there is no status to date; set it to null"],
    ),
    "dated status in an unverified record": (
        {T1: ("checked: {date: 2026-01-10, page: https://clinicaltrials.gov/study/NCT00000001, as_of: 2025-06-07}",
              "checked: {unverified: not found}")},
        [f"{T1}:6: status_as_of: an unverified record has no dated status; set it to null"],
    ),
    "trial that rests on another page": (
        {T1: ("source: {page: https://clinicaltrials.gov/study/NCT00000001, ", "source: {page: https://example.org/news, ")},
        [
            f"{T1}:15: source: the source of a trial is its registry record, https://clinicaltrials.gov/study/NCT00000001; "
            "if nobody saw it, say so in checked"
        ],
    ),
    "combination without a checkpoint inhibitor": (
        {C: ("components: [inventumab, chemotherapy]", "components: [chemotherapy, hum]"), "content/interventions/hum.yml": "name: Hum\nsummary: A hum.\nclass: chemotherapy\nsource: {cite: doe2020first}\nchecked: {unverified: invented}\n"},
        [f"{C}:3: components: none of the components is a checkpoint inhibitor of this review"],
    ),
    "combination that stands twice": (
        {"content/combinations/chemotherapy-inventumab.yml": "name: Twin\nsummary: A twin.\ncomponents: [chemotherapy, inventumab]\nclass: ICI + chemotherapy\n"},
        [f"{C}:3: components: the same components as combination 'chemotherapy-inventumab'"],
    ),
    "evidence without a reference": (
        {"content/evidence/noe2020second.yml": "items:\n  - id: a\n    statement: Nothing.\n    about: [strategy:shouting]\n    direction: mixed\n    system: [cells]\n    read: abstract\n    checked: {unverified: invented}\n"},
        ["content/evidence/noe2020second.yml:1: no reference 'noe2020second' in references.bib; did you mean 'loe2021unseen'?"],
    ),
    "evidence on another subject": (
        {E: ("about: [mechanism:deaf-tumour, biomarker:ear-loss]", "about: [mechanism:deaf-tumour]")},
        ["content/biomarkers/ear-loss.yml:9: account[1].evidence[1]: 'doe2020first:ears-lost' is not about biomarker:ear-loss; add that to its `about`, or name another"],
    ),
    "evidence that is missing": (
        {M: ("evidence: [doe2020first:ears-lost]\nphases", "evidence: [doe2020first:ears-last]\nphases")},
        [f"{M}:9: account[1].evidence[1]: no evidence 'doe2020first:ears-last'; did you mean 'doe2020first:ears-lost'?"],
    ),
    "phase that its evidence does not show": (
        {M: ("phase: acquired", "phase: primary")},
        [f"{M}:12: phases[1].evidence[1]: 'doe2020first:ears-lost' speaks of acquired resistance, not of primary"],
    ),
    "mechanism in a family of strategies": (
        {M: ("family: invented-silence", "family: invented-noise")},
        [f"{M}:4: family: 'invented-noise' is a family of strategies"],
    ),
    "failure that is not told first": (
        {S: ("since:\n  - text: Shouting did not help in a randomised trial.\n    evidence: [doe2020first:shouting]\n", "")},
        [f"{S}:4: stage: a negative strategy says in `since` which trials failed"],
    ),
    "entry that the outline lacks": (
        {M: ("outline: [M11]", "outline: [M99]")},
        [f"{M}:3: outline[1]: the outline has no entry 'M99'"],
    ),
    "entry that the outline declines": (
        {"content/vocabularies/outline.yml": ('M11: {name: "JAK1/JAK2 loss of function"}', 'M11: {name: "JAK1", declined: no}')},
        [f"{M}:3: outline[1]: the outline declines 'M11'; take one of the two back"],
    ),
    "page of the outline that is missing": (
        {"content/vocabularies/outline.yml": ("page: approvals/index.md}", "page: approvals/indx.md}")},
        ["content/vocabularies/outline.yml:625: T1.page: no page 'approvals/indx.md'; did you mean 'approvals/index.md'?"],
    ),
    "citations with a gap": (
        {R: ("- {number: 2,", "- {number: 4,")},
        [f"{R}:18: citations[2].number: number 4 where 2 is next"],
    ),
    "citation that came to nothing and to something": (
        {R: ("unresolved: nothing to search for", "unresolved: nothing, key: doe2020first")},
        [f"{R}:19: citations[3]: name the paper (key), one that replaces it (replaced_by), or say why not (unresolved)"],
    ),
    "sentence without a source": (
        {F: ("Some tumours", "Nobody knows why.\nSome tumours")},
        [f"{F}:1: no citation and no link in 'Nobody knows why.'"],
    ),
    "partners in a use of an agent alone": (
        {A: ("    pathway: accelerated", "    regimen: with dacarbazine\n    pathway: accelerated")},
        [f"{A}:23: approvals[1].regimen: a use with partners belongs to a combination"],
    ),
    "trial that extends itself": (
        {T1: ("primary_publication:", "parent: NCT00000002\nprimary_publication:")},
        [f"{T1}:17: parent: leads back to 'NCT00000001'", f"{T2}:10: parent: leads back to 'NCT00000002'"],
    ),
    "approval id used twice": (
        {A: ("id: melanoma-later", "id: melanoma-advanced")},
        [f"{A}:34: approvals[2].id: 'melanoma-advanced' is used twice, first on line 16"],
    ),
    "id twice in a list": (
        {T1: ("cancers: [melanoma]", "cancers: [melanoma, melanoma]")},
        [f"{T1}:10: cancers[2]: 'melanoma' stands twice in this list"],
    ),
    "printed row that nothing answers": (
        {R: ("    borne_out_by: [inventumab:melanoma-advanced]\n    corrections: [poe-invent-1]\n", "")},
        [f"{R}:8: printed[1]: point to the approvals that bear the row out, or to a correction"],
    ),
    "printed rows with a gap": (
        {R: ("row: 1", "row: 2")},
        [f"{R}:9: printed[1].row: row 2 where 1 is next"],
    ),
    "prose without a record": (
        {"content/agents/nobody.md": "Words.\n"},
        ["content/agents/nobody.md:1: prose without a record: there is no content/agents/nobody.yml"],
    ),
    "page without a title": (
        {"content/extra.md": "Words.\n"},
        ["content/extra.md:1: a page starts with its title: # Title"],
    ),
    "prose of a record with a title": (
        {"content/agents/inventumab.md": ("It was", "# Title\n\nIt was")},
        ["content/agents/inventumab.md:1: the prose of a record has no title of its own; start with ## or with words"],
    ),
    "counts in prose": (
        {"content/extra.md": "# Extra\n\nThere are 12 agents and Twenty-one trials here.\nFour approvals, says one review [@doe2020first].\n"
                             "A first-line trial, one patient, `9 trials` and {{ count('trials') }} trials are fine.\n"},
        [
            "content/extra.md:3: '12 agents' will age; write {{ count('...') }}, or cite who counted in that sentence",
            "content/extra.md:3: 'Twenty-one trials' will age; write {{ count('...') }}, or cite who counted in that sentence",
        ],
    ),
    "folder that is no kind": (
        {"content/agnets/x.yml": "name: x\n"},
        ["content/agnets/x.yml:1: 'agnets' is no kind of record; did you mean 'agents'?"],
    ),
    "file name that is no id": (
        {"content/targets/PD_2.yml": "name: PD-2\nsymbol: X\nhgnc: HGNC:1\nsummary: x\nsource: {page: https://example.org/}\nchecked: {unverified: x}\n"},
        ["content/targets/PD_2.yml:1: the file name 'PD_2' is not an id: lowercase words and hyphens"],
    ),
    "yaml under another ending": (
        {"content/targets/pd-2.yaml": "name: x\n"},
        ["content/targets/pd-2.yaml:1: '.yaml' files do not belong here; rename it to .yml"],
    ),
    "vocabulary that is missing": (
        {"content/vocabularies/routes.yml": None},
        [
            f"{A}:8: routes[1]: 'intravenous' is not a word of routes.yml",
            "content/vocabularies/routes.yml:1: this vocabulary has no file",
        ],
    ),
    "empty kind": (
        {"content/corrections/poe-invent-1.yml": None, R: (", as_of: unknown}\nprinted", ", as_of: unknown}\nprinted")},
        [
            "content:1: the dataset 'corrections' is empty: no record of its kind was found",
            f"{R}:14: printed[1].corrections[1]: no correction 'poe-invent-1'",
            "references.bib:28: nothing cites 'loe2021unseen'; cite it or take it out",
        ],
    ),
}  # fmt: skip


def test_the_small_project_is_clean(problems_of: Callable[..., list[str]]) -> None:
    assert problems_of() == []


@pytest.mark.parametrize("name", BROKEN)
def test_rule(name: str, problems_of: Callable[..., list[str]]) -> None:
    edits, expected = BROKEN[name]
    assert problems_of(edits) == expected


def test_a_correction_may_quote_a_wrong_number_but_not_assert_it(problems_of: Callable[..., list[str]]) -> None:
    assert problems_of({K: ("holds: NCT00000002 is", "holds: NCT99999999 is")}) == [
        f"{K}:7: no trial record NCT99999999",
    ]


def test_a_broken_record_is_not_also_called_missing(problems_of: Callable[..., list[str]]) -> None:
    assert problems_of({T1: ("status: COMPLETED", "status: FINISHED")}) == [
        f"{T1}:5: status: 'FINISHED' is not one of NOT_YET_RECRUITING, RECRUITING, ENROLLING_BY_INVITATION, "
        "ACTIVE_NOT_RECRUITING, COMPLETED, SUSPENDED, TERMINATED, WITHDRAWN or UNKNOWN",
    ]


def test_problems_come_sorted_and_all_at_once(problems_of: Callable[..., list[str]]) -> None:
    found = problems_of(
        {
            T1: ("summary: Inventumab", "summry: Inventumab"),
            A: ("targets: [pd-1]", "targets: [pd-2]"),
            "references.bib": ("pmid = {11111111}", "pmid = {PMC1}"),
            "content/index.md": ("[[agent:inventumab|", "[[agent:inventumob|"),
        }
    )
    assert [line.split(":")[0] for line in found] == sorted(line.split(":")[0] for line in found)
    assert {line.split(":")[0] for line in found} >= {A, T1, "content/index.md", "references.bib"}


def test_every_rule_is_in_the_tuple() -> None:
    """A generator that nobody calls is a rule that does not hold."""
    rules = {
        f
        for module in (checks, resistance_checks)
        for name, f in vars(module).items()
        if callable(f) and getattr(f, "__module__", "") == module.__name__ and not name.startswith("_") and f.__doc__
    } - {checks.problems}
    assert rules == set(checks.RULES)
    assert len(rules) > 10


def test_symlink_out_of_the_project(project: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside.yml"
    outside.write_text("name: x\n")
    (project / "content/targets/leak.yml").symlink_to(outside)
    found = [str(p) for p in checks.problems(review.load(project))]
    assert found == ["content/targets/leak.yml:1: a link out of the project; put the file itself here"]
