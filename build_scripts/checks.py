"""Rules that need more than one record, each a generator of problems whose docstring states the rule."""

from __future__ import annotations

import posixpath
import re
from bisect import bisect_right
from collections.abc import Iterator
from itertools import islice, pairwise
from urllib.parse import urlsplit

from markdown.extensions.toc import slugify, unique

from build_scripts import figures, moved, pages, prose, resistance_checks, tables
from build_scripts.ledger import Agent
from build_scripts.model import KINDS, PARTS
from build_scripts.review import BIBLIOGRAPHY, CONTENT, MOVED, Named, Review
from build_scripts.rows import COUNTS, DATASETS, rows_of
from build_scripts.scalars import NCT, NCT_LIKE, Day, Term
from build_scripts.source import Path, Problem, suggestion

MOST_OF_A_RULE = 1000
"""How many problems of one rule are told; the others show when these are mended."""


def problems(review: Review) -> tuple[Problem, ...]:
    """Everything that is wrong with the content, sorted; what cannot be read comes with what does not agree."""
    found = set(review.reading)
    for rule in RULES:
        # Looking for the nearest known word takes time: nobody reads more, and a hostile file must not buy hours.
        broken = rule(review)
        found.update(islice(broken, MOST_OF_A_RULE))
        if next(broken, None):
            words = f"more than {MOST_OF_A_RULE:,} problems of one kind; the others show when these are mended"
            found.add(Problem(CONTENT, 1, "", words))
    return tuple(sorted(found))


def known_records(review: Review) -> Iterator[Problem]:
    """Every id in a record is the id of a record that exists."""
    for named, path, leaf in review.links:
        kinds, id = leaf.target
        if not review.lacks(kinds, id):
            continue
        if not set(kinds) <= {*KINDS, *PARTS, "reference"}:
            yield review.problem(named, path, f"no kind of record is called '{kinds[0]}'{suggestion(kinds[0], KINDS)}")
            continue
        known = [other for kind in kinds for other in review.ids(kind)]
        words = " or ".join(kinds)
        where = BIBLIOGRAPHY if kinds == ("reference",) else ""
        missing = f"no reference '{id}' in {where}" if where else f"no {words} '{id}'"
        advice = "".join(moved.renamed(review, kind, id) for kind in kinds) or suggestion(id, known, most=0)
        yield review.problem(named, path, f"{missing}{advice}")


def known_words(review: Review) -> Iterator[Problem]:
    """Every word of a closed vocabulary is one of its terms."""
    for named, record in review.owners():
        for path, leaf in record.leaves:
            if isinstance(leaf, Term) and leaf not in review.vocabularies[leaf.vocabulary]:
                terms = review.vocabularies[leaf.vocabulary]
                yield review.problem(
                    named, path, f"'{leaf}' is not a word of {leaf.vocabulary}.yml{suggestion(leaf, terms)}"
                )


def registered(review: Review) -> Iterator[Problem]:
    """A registry number stands nowhere without a trial record, and always has eight digits."""
    # A trial id in a field of its own has its message from known_records.
    pointed = {
        (source.file, source.line(path), str(leaf))
        for named, path, leaf in review.links
        if leaf.kinds == ("trial",)
        for source in (review.sources[named],)
    }
    as_printed = _as_printed(review)
    for file, text in review.texts.items():
        if file == MOVED:
            continue  # an old number has no record any more
        excused = as_printed.get(file, ())
        for number, line in enumerate(text.splitlines(), 1):
            if number in excused:
                continue
            for match in NCT_LIKE.finditer(line):
                nct = match[0].upper()  # addresses write it small
                if not NCT.fullmatch(nct):
                    yield Problem(file, number, "", f"'{match[0]}' is not a registry number: NCT and eight digits")
                elif review.lacks(("trial",), nct) and (file, number, nct) not in pointed:
                    near = suggestion(nct, review.trials, most=0)
                    yield Problem(file, number, "", f"no trial record {nct}{near}")


def _as_printed(review: Review) -> dict[str, set[int]]:
    """The lines of each file on which a correction quotes what somebody printed; a wrong number is the point of them."""
    lines: dict[str, set[int]] = {}
    for id in review.corrections:
        source = review.sources["correction", id]
        starts = [*sorted(set(source.lines.values())), 10**9]
        for path, line in source.lines.items():
            if path and path[-1] == "as_printed":
                end = min(starts[bisect_right(starts, line)], line + 50)
                lines.setdefault(source.file, set()).update(range(line, end))
    return lines


def cited(review: Review) -> Iterator[Problem]:
    """Every reference is cited somewhere, and every citation in prose has its reference."""
    for file, text in review.prose.items():
        for token in text.tokens:
            for key in token.keys if isinstance(token, prose.Citation) else ():
                if review.lacks(("reference",), key):
                    near = moved.renamed(review, "reference", key) or suggestion(key, review.references, most=0)
                    yield Problem(file, token.line, "", f"no reference '{key}' in {BIBLIOGRAPHY}{near}")
    for key in review.references:
        shown = ("reference", key) in review.linked_from or key in review.papers
        if not shown and not review.unread:
            yield review.problem(("reference", key), (), f"nothing cites '{key}'; cite it or take it out")


def prose_points(review: Review) -> Iterator[Problem]:
    """Every link and block in prose points at something that exists and is not empty."""
    targets = set(pages.paths(review))
    for file, text in review.prose.items():
        owner = file.removeprefix(f"{CONTENT}/").removesuffix(".md")
        folder, _, stem = owner.rpartition("/")
        kind = next((k for k, (plural, _) in KINDS.items() if plural == folder), None)
        if kind and stem != "index" and review.lacks((kind,), stem):
            yield Problem(file, 1, "", f"prose without a record: there is no {CONTENT}/{owner}.yml")
        if not kind and text.title is None:
            yield Problem(file, 1, "", "a page starts with its title: # Title")
        if kind and stem != "index" and text.title is not None:
            yield Problem(file, 1, "", "the prose of a record has no title of its own; start with ## or with words")
        for token in text.tokens:
            if isinstance(token, prose.RecordLink):
                yield from _record_link(review, file, token)
            elif isinstance(token, prose.Block):
                yield from _block(review, file, token)
        for link in text.links:
            yield from _page_link(review, file, link, targets)


_NUMBER = (
    r"\d[\d,.\u202f ]*|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|"
    r"seventeen|eighteen|nineteen|(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)(?:-\w+)?|hundreds?(?: of)?|dozens?(?: of)?"
)
_COUNTED = re.compile(
    rf"\b({_NUMBER})\s+((?:approved |checkpoint )*(?:agents?|approvals?|indications?|trials?|mechanisms?|strateg(?:y|ies)|references?))\b",
    re.IGNORECASE,
)


def counted(review: Review) -> Iterator[Problem]:
    """A number before a kind of record comes from the records, unless the sentence goes on to cite who counted."""
    for file in review.prose:
        for line, sentence in prose.sentences(review.texts[file]):
            for match in _COUNTED.finditer(sentence):
                if "[@" not in sentence[match.end() :]:
                    kind = match[2].lower()
                    yield Problem(
                        file, line, "",
                        f"'{match[1].strip()} {kind}' will age; write {{{{ count('...') }}}}, or cite who counted in that sentence",
                    )  # fmt: skip


def _record_link(review: Review, file: str, token: prose.RecordLink) -> Iterator[Problem]:
    kinds = {*KINDS, *PARTS, "reference"}
    if token.kind not in kinds:
        yield Problem(
            file, token.line, "", f"no kind of record is called '{token.kind}'{suggestion(token.kind, kinds)}"
        )
    elif review.lacks((token.kind,), token.id):
        renamed = moved.renamed(review, token.kind, token.id)
        near = renamed or suggestion(token.id, review.ids(token.kind), most=0)
        yield Problem(file, token.line, "", f"no {token.kind} '{token.id}'{near}")


def _block(review: Review, file: str, token: prose.Block) -> Iterator[Problem]:
    known = {"table": tables.VIEWS, "figure": figures.FIGURES, "count": COUNTS, "value": {}}
    if token.name not in known:
        yield Problem(file, token.line, "", f"no block is called '{token.name}'{suggestion(token.name, known)}")
        return
    needed = 2 if token.name == "value" else 1
    if len(token.arguments) != needed or (token.filters and token.name != "table"):
        yield Problem(
            file, token.line, "", f"'{token.name}' takes {needed} argument{'s' * (needed > 1)} between quotes"
        )
        return
    if token.name == "value":
        try:
            pages.value(review, *token.arguments)
        except KeyError as error:
            if error.args[0] not in review.unread:
                yield Problem(file, token.line, "", f"value: no record or field '{error.args[0]}'")
        return
    name = token.arguments[0]
    if name not in known[token.name]:
        yield Problem(file, token.line, "", f"no {token.name} is called '{name}'{suggestion(name, known[token.name])}")
        return
    if token.name == "table":
        view = tables.VIEWS[name]
        fields = [info.alias or field for field, info in DATASETS[view.dataset].row.model_fields.items()]
        unknown = [filter for filter, _ in token.filters if filter not in fields]
        for filter in unknown:
            yield Problem(
                file, token.line, "", f"rows of '{name}' have no field '{filter}'{suggestion(filter, fields)}"
            )
        # With records unread, an empty table says nothing about its filters.
        if not unknown and not review.unread and not tables.rows_of(review, view, dict(token.filters)):
            yield Problem(file, token.line, "", f"the table '{name}' came out empty; is a filter misspelt?")


def _page_link(review: Review, file: str, link: prose.PageLink, targets: set[str]) -> Iterator[Problem]:
    try:
        parts = urlsplit(link.target)
    except ValueError:  # a bracket without its twin
        yield Problem(file, link.line, "", f"'{link.target}' is no address")
        return
    if parts.scheme or parts.netloc:
        if parts.scheme not in ("https", "mailto"):
            yield Problem(
                file, link.line, "", f"'{link.target}': links start with https:// or name a page of this site"
            )
        return
    here = file.removeprefix(f"{CONTENT}/")
    to = _resolved(here, parts.path) if parts.path else here
    if to not in targets and posixpath.splitext(posixpath.basename(to))[0] not in review.unread:
        near = suggestion(to, targets, most=0)
        yield Problem(
            file, link.line, "", f"no page '{link.target}'{near}; pages are named with .md, data with {{{{ }}}}"
        )
        return
    target = review.prose.get(f"{CONTENT}/{to}")
    if parts.fragment and target is not None and parts.fragment not in (known := _anchors(target)):
        near = suggestion(parts.fragment, known)
        yield Problem(file, link.line, "", f"no heading '{parts.fragment}' on {to}{near}")


def _resolved(here: str, path: str) -> str:
    return posixpath.normpath(posixpath.join(posixpath.dirname(here), path))


def _anchors(text: prose.Prose) -> set[str]:
    source = "".join(t.text for t in text.tokens if isinstance(t, prose.Words))
    used: set[str] = set()
    for heading in re.findall(r"^#{2,6} (.+)$", source, re.MULTILINE):
        unique(slugify(heading, "-"), used)
    return used


def events_in_order(review: Review) -> Iterator[Problem]:
    """A use begins with its approval, its events follow each other in time, and nothing but a new approval follows a withdrawal."""
    for use in review.uses.values():
        named, at = _use_place(review, use.id)
        events = use.approval.events
        if events[0].event != "approved":
            yield review.problem(named, (*at, "events", 0, "event"), "the first event of a use is its approval")
        for index, (earlier, later) in enumerate(pairwise(events), 1):
            here = (*at, "events", index)
            if later.date.before(earlier.date):
                yield review.problem(
                    named, (*here, "date"), f"{later.date} comes before the event above it ({earlier.date})"
                )
            if earlier.event == "withdrawn" and later.event != "approved":
                yield review.problem(
                    named,
                    (*here, "event"),
                    f"'{later.event}' after a withdrawal; only a new approval can follow",
                )
            if later.event == "converted" and use.approval.pathway != "accelerated":
                yield review.problem(named, (*here, "event"), "only an accelerated approval is converted")
            if later.event in ("withdrawn", "narrowed") and not later.reason:
                yield review.problem(named, here, f"missing field 'reason': why the use was {later.event}")


def _use_place(review: Review, id: str) -> tuple[Named, Path]:
    use = review.uses[id]
    return (use.owner_kind, use.owner_id), ("approvals", use.owner.approvals.index(use.approval))


def unique_in_file(review: Review) -> Iterator[Problem]:
    """The id of an approval, a read-out or an evidence item is used once in its file, and a list of ids names each once."""
    for named, record in review.owners():
        for name in ("approvals", "readouts", "items"):
            first: dict[str, int] = {}
            for index, row in enumerate(getattr(record, name, ())):
                if first.setdefault(row.id, index) != index:
                    line = review.sources[named].line((name, first[row.id], "id"))
                    yield review.problem(named, (name, index, "id"), f"'{row.id}' is used twice, first on line {line}")
    seen: set[tuple[Named, Path, str]] = set()
    for named, path, leaf in review.links:
        if path and isinstance(path[-1], int):
            key = (named, path[:-1], str(leaf))
            if key in seen:
                yield review.problem(named, path, f"'{leaf}' stands twice in this list")
            seen.add(key)


def not_before_first(review: Review) -> Iterator[Problem]:
    """No FDA approval of a use is earlier than the first approval that its agent's record states, and one of them is it."""
    for id, agent in review.agents.items():
        stated = agent.first_fda_approval
        uses = [u for u in review.uses.values() if id in u.components and u.approval.regulator == "FDA"]
        if stated is None:
            if uses:
                yield review.problem(
                    ("agent", id), (), "missing field 'first_fda_approval': the agent has FDA approvals"
                )
            continue
        for use in uses:
            if use.approval.approved_on.before(stated):
                named, at = _use_place(review, use.id)
                index = next(i for i, e in enumerate(use.approval.events) if e.date == use.approval.approved_on)
                yield review.problem(named, (*at, "events", index, "date"),
                    f"{use.approval.approved_on} is earlier than the first approval of {id} ({stated})",
                )  # fmt: skip
        if uses and all(stated.before(use.approval.approved_on) for use in uses):
            yield review.problem(("agent", id), ("first_fda_approval",), f"no use of {id} was approved on {stated}")


def dated(review: Review) -> Iterator[Problem]:
    """A check is never older than the event it checks, and no copy shows a day after its look-up."""
    for named, record in review.owners():
        for path, check in record.checks:
            if check.verified and check.known_as_of and Day(check.date).before(check.known_as_of):
                yield review.problem(named, (*path, "as_of"), f"{check.as_of} is after the look-up on {check.date}")
    for use in review.uses.values():
        named, at = _use_place(review, use.id)
        for index, event in enumerate(use.approval.events):
            if event.checked.date and event.checked.date.before(event.date):
                yield review.problem(named, (*at, "events", index, "checked", "date"), "checked before it happened")


def status_as_of(review: Review) -> Iterator[Problem]:
    """A trial's status is as old as the copy it was read in; an undated copy gives no day."""
    for id, trial in review.trials.items():
        day, check = trial.status_as_of, trial.checked
        if trial.status is None and day is not None:
            yield review.problem(("trial", id), ("status_as_of",), "there is no status to date; set it to null")
        if day is not None and check.verified and check.date and Day(check.date).before(day):
            yield review.problem(("trial", id), ("status_as_of",), f"{day} is after the look-up on {check.date}")
        if day is not None and not check.verified:
            yield review.problem(
                ("trial", id), ("status_as_of",), "an unverified record has no dated status; set it to null"
            )


def registry_record(review: Review) -> Iterator[Problem]:
    """A trial's own row rests on its registry record, or says that nobody saw it; other pages go under `also`."""
    for id, trial in review.trials.items():
        if trial.checked.verified and id.lower() not in str(trial.source.page).lower():
            yield review.problem(("trial", id), ("source",),
                f"the source of a trial is its registry record, https://clinicaltrials.gov/study/{id}; "
                "if nobody saw it, say so in checked",
            )  # fmt: skip


def regimens(review: Review) -> Iterator[Problem]:
    """A combination holds a checkpoint inhibitor, no two combinations hold the same, and an owner's id is never ambiguous."""
    seen: dict[frozenset[str], str] = {}
    for id, combination in review.combinations.items():
        components = frozenset(map(str, combination.components))
        named = ("combination", id)
        if not any(c in review.agents for c in components) and components <= set(review.interventions):
            yield review.problem(
                named, ("components",), "none of the components is a checkpoint inhibitor of this review"
            )
        if (other := seen.setdefault(components, id)) != id:
            yield review.problem(named, ("components",), f"the same components as combination '{other}'")
        if id in review.agents:
            yield review.problem(named, (), f"'{id}' is also the id of an agent")
    for id in set(review.agents) & set(review.interventions):
        yield review.problem(("agent", id), (), f"'{id}' is also the id of an intervention")
    for id, use in review.uses.items():
        if isinstance(use.owner, Agent) and use.approval.regimen:
            named, at = _use_place(review, id)
            yield review.problem(named, (*at, "regimen"), "a use with partners belongs to a combination")


def circles(review: Review) -> Iterator[Problem]:
    """No trial extends itself and no agent is a form of itself, at any distance."""
    for kind, name in (("trial", "parent"), ("agent", "form_of")):
        for id, record in review.records[kind].items():
            seen, above = {id}, getattr(record, name)
            while above is not None and above in review.records[kind]:
                if above in seen:
                    yield review.problem((kind, id), (name,), f"leads back to '{above}'")
                    break
                seen.add(str(above))
                above = getattr(review.records[kind][above], name)


def printed_rows(review: Review) -> Iterator[Problem]:
    """The printed rows of a table are numbered from 1 without a gap."""
    for id, source_review in review.reviews.items():
        expected: dict[str, int] = {}
        for index, row in enumerate(source_review.printed):
            expected[row.table] = expected.get(row.table, 0) + 1
            if row.row != expected[row.table]:
                yield review.problem(
                    ("review", id),
                    ("printed", index, "row"),
                    f"row {row.row} where {expected[row.table]} is next",
                )


def moves(review: Review) -> Iterator[Problem]:
    """A renamed id leads to one that exists, and is never used again."""
    return moved.problems(review, pages.paths(review))


def not_empty(review: Review) -> Iterator[Problem]:
    """No table of the site, no dataset and no bibliography comes out empty."""
    if review.unread:
        return
    for name in DATASETS:
        if not rows_of(review, name):
            yield Problem(CONTENT, 1, "", f"the dataset '{name}' is empty: no record of its kind was found")
    for name, view in tables.VIEWS.items():
        if name not in MAY_BE_EMPTY and rows_of(review, view.dataset) and not tables.rows_of(review, view, {}):
            yield Problem(CONTENT, 1, "", f"the table '{name}' came out empty")
    if not review.references:
        yield Problem(BIBLIOGRAPHY, 1, "", "the bibliography is empty")


# A young review may hold none of these; the pages then say so.
MAY_BE_EMPTY = (
    "agents not approved",
    "approvals narrowed",
    "approvals withdrawn",
    "negative strategies",
    "potential combinations",
    "strategies by trial",
)

RULES = (
    known_records,
    known_words,
    registered,
    cited,
    prose_points,
    counted,
    events_in_order,
    unique_in_file,
    not_before_first,
    dated,
    status_as_of,
    registry_record,
    regimens,
    circles,
    printed_rows,
    moves,
    *resistance_checks.RULES,
    not_empty,
)
