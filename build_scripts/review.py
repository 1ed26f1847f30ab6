"""All records, prose and references as one immutable `Review`, with look-up by id and links both ways; the only reader of files."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from build_scripts import cite, files, prose
from build_scripts.files import BIBLIOGRAPHY, CONTENT, TEMPLATES
from build_scripts.history import Commit, commit
from build_scripts.ledger import Agent, Approval, Cancer, Combination, Intervention, Target, Trial
from build_scripts.model import KINDS, VOCABULARIES, parse
from build_scripts.record import Record
from build_scripts.resistance import Biomarker, Concept, Evidence, Family, Mechanism, Paper, Strategy, Term
from build_scripts.scalars import NCT, SLUG, EvidenceRef, Ref
from build_scripts.source import Path as FieldPath
from build_scripts.source import Problem, Source, most, read, suggestion
from build_scripts.sources import Citing, Correction, Disagreement, Search, SourceReview

if TYPE_CHECKING:
    from build_scripts.watched import Memory

MOVED = f"{CONTENT}/moved.yml"
FOLDERS = {plural: kind for kind, (plural, _) in KINDS.items()}

Named = tuple[str, str]
"""A record by kind and id."""


@dataclass(frozen=True)
class Use:
    """An approval with its owner."""

    owner_kind: str
    owner_id: str
    owner: Agent | Combination
    approval: Approval

    @property
    def id(self) -> str:
        """The full id, `owner:approval`."""
        return f"{self.owner_id}:{self.approval.id}"

    @property
    def components(self) -> tuple[str, ...]:
        """The ids of what is given: the agent, or the components of the combination."""
        return (self.owner_id,) if isinstance(self.owner, Agent) else tuple(map(str, self.owner.components))


# Compared by identity: one review is loaded once, and what is derived from it can be kept by it.
@dataclass(frozen=True, eq=False)
class Review:
    """Everything that the content says, as it stands in one commit."""

    records: Mapping[str, Mapping[str, Record]]
    references: Mapping[str, cite.Reference]
    vocabularies: Mapping[str, Mapping[str, Any]]
    moved: Mapping[str, str]
    prose: Mapping[str, prose.Prose]
    templates: Mapping[str, str]
    sources: Mapping[Named, Source] = field(repr=False)
    texts: Mapping[str, str] = field(repr=False)
    reading: tuple[Problem, ...]
    commit: Commit | None
    memory: Memory | None = field(default=None, repr=False)
    _derived: dict[Any, Any] = field(default_factory=dict, repr=False)

    def derived(self, make: Callable[..., Any], *of: Hashable) -> Any:
        """What a function makes of this review, made once; in a preview taken from the review before, if nothing it read has changed."""
        key = (make, of)
        if key not in self._derived:
            self._derived[key] = self.memory.make(self, make, *of) if self.memory else make(self, *of)
        return self._derived[key]

    @property
    def agents(self) -> Mapping[str, Agent]:
        """Agents by id."""
        return self.records["agent"]  # type: ignore[return-value]

    @property
    def combinations(self) -> Mapping[str, Combination]:
        """Combinations by id."""
        return self.records["combination"]  # type: ignore[return-value]

    @property
    def trials(self) -> Mapping[str, Trial]:
        """Trials by registry number."""
        return self.records["trial"]  # type: ignore[return-value]

    @property
    def cancers(self) -> Mapping[str, Cancer]:
        """Cancers by id."""
        return self.records["cancer"]  # type: ignore[return-value]

    @property
    def targets(self) -> Mapping[str, Target]:
        """Targets by id."""
        return self.records["target"]  # type: ignore[return-value]

    @property
    def interventions(self) -> Mapping[str, Intervention]:
        """What is given beside a checkpoint inhibitor, by id."""
        return self.records["intervention"]  # type: ignore[return-value]

    @property
    def families(self) -> Mapping[str, Family]:
        """Families of mechanisms and strategies by id."""
        return self.records["family"]  # type: ignore[return-value]

    @property
    def mechanisms(self) -> Mapping[str, Mechanism]:
        """Mechanisms by id."""
        return self.records["mechanism"]  # type: ignore[return-value]

    @property
    def strategies(self) -> Mapping[str, Strategy]:
        """Strategies by id."""
        return self.records["strategy"]  # type: ignore[return-value]

    @property
    def biomarkers(self) -> Mapping[str, Biomarker]:
        """Biomarkers by id."""
        return self.records["biomarker"]  # type: ignore[return-value]

    @property
    def papers(self) -> Mapping[str, Paper]:
        """What references say, by the key of the reference."""
        return self.records["paper"]  # type: ignore[return-value]

    @property
    def concepts(self) -> Mapping[str, Concept]:
        """Concepts by id."""
        return self.records["concept"]  # type: ignore[return-value]

    @property
    def terms(self) -> Mapping[str, Term]:
        """The glossary by id."""
        return self.records["term"]  # type: ignore[return-value]

    @property
    def disagreements(self) -> Mapping[str, Disagreement]:
        """Disagreements by id."""
        return self.records["disagreement"]  # type: ignore[return-value]

    @property
    def searches(self) -> Mapping[str, Search]:
        """The searches that were run, by id."""
        return self.records["search"]  # type: ignore[return-value]

    @property
    def reviews(self) -> Mapping[str, SourceReview]:
        """The source reviews by id."""
        return self.records["review"]  # type: ignore[return-value]

    @property
    def corrections(self) -> Mapping[str, Correction]:
        """Corrections by id."""
        return self.records["correction"]  # type: ignore[return-value]

    @cached_property
    def uses(self) -> Mapping[str, Use]:
        """Approvals by full id, with their owners."""
        found: dict[str, Use] = {}
        for kind in ("agent", "combination"):
            for id, owner in self.records[kind].items():
                for approval in owner.approvals:  # type: ignore[attr-defined]
                    use = Use(kind, id, owner, approval)  # type: ignore[arg-type]
                    found.setdefault(use.id, use)
        return MappingProxyType(found)

    @cached_property
    def evidence(self) -> Mapping[str, Evidence]:
        """Evidence items by full id, `reference:item`."""
        return MappingProxyType(
            {f"{key}:{item.id}": item for key, paper in self.papers.items() for item in paper.items}
        )

    @cached_property
    def evidence_on(self) -> Mapping[Named, tuple[str, ...]]:
        """The full ids of the evidence items on each mechanism, strategy and biomarker, strongest system first."""
        strength = {system: rank for rank, system in enumerate(self.vocabularies["systems"])}
        found: dict[Named, list[str]] = {}
        for id, item in self.evidence.items():
            for subject in item.about:
                kind, _, name = subject.partition(":")
                found.setdefault((kind, name), []).append(id)

        def rank(id: str) -> tuple[int, str]:
            return min(strength.get(s, len(strength)) for s in self.evidence[id].system), id

        return MappingProxyType({named: tuple(sorted(ids, key=rank)) for named, ids in found.items()})

    @cached_property
    def studied_in(self) -> Mapping[str, tuple[Named, ...]]:
        """The mechanisms, strategies and biomarkers with evidence in each cancer, sorted."""
        found: dict[str, set[Named]] = {}
        for item in self.evidence.values():
            for cancer in item.cancers:
                found.setdefault(str(cancer), set()).update(
                    subject.target[0] + (subject.target[1],) for subject in item.about
                )
        return MappingProxyType({cancer: tuple(sorted(subjects)) for cancer, subjects in found.items()})

    @cached_property
    def citing(self) -> Mapping[str, tuple[tuple[str, Citing], ...]]:
        """Where the source reviews cite each reference: the review's id and the number."""
        found: dict[str, list[tuple[str, Citing]]] = {}
        for id, source_review in self.reviews.items():
            for citing in source_review.citations:
                if key := citing.key or citing.replaced_by:
                    found.setdefault(str(key), []).append((id, citing))
        return MappingProxyType({key: tuple(where) for key, where in found.items()})

    @cached_property
    def concerning(self) -> Mapping[Named, tuple[Use, ...]]:
        """The approvals that concern each agent, combination, cancer and trial, oldest first."""
        found: dict[Named, dict[str, Use]] = {}
        for use in sorted(self.uses.values(), key=lambda use: (use.approval.approved_on, use.id)):
            named = [("agent", id) for id in use.components]
            named += [("cancer", str(id)) for id in (use.approval.cancer, *use.approval.also_in)]
            named += [("trial", str(id)) for id in use.approval.trials]
            for one in {*named, (use.owner_kind, use.owner_id)}:
                found.setdefault(one, {})[use.id] = use
        return MappingProxyType({named: tuple(uses.values()) for named, uses in found.items()})

    @cached_property
    def unread(self) -> frozenset[str]:
        """The ids of records and references that are there but have problems of their own; they are not missing."""
        files = {Path(problem.file).stem for problem in self.reading if problem.file.endswith(".yml")}
        folders = {Path(problem.file).name for problem in self.reading} & set(FOLDERS)
        keys = {problem.field.partition(".")[0] for problem in self.reading if problem.file == BIBLIOGRAPHY}
        return frozenset(files | folders | keys)

    @cached_property
    def cut_short(self) -> bool:
        """Whether references may be there that nobody could read: an open brace swallows what follows it."""
        unread = (problem for problem in self.reading if problem.file == BIBLIOGRAPHY)
        return BIBLIOGRAPHY not in self.texts or any(problem.message == cite.UNREADABLE for problem in unread)

    def resting_on(self, record: Record) -> tuple[Evidence, ...]:
        """The evidence items on which the statements of a record rest, each once."""
        named = {str(leaf) for _, leaf in record.leaves if isinstance(leaf, EvidenceRef)}
        return tuple(self.evidence[id] for id in sorted(named) if id in self.evidence)

    def lacks(self, kinds: tuple[str, ...], id: str) -> bool:
        """Whether no record of these kinds has this id; False for one that is there but broken."""
        if any(self.get(kind, id) is not None for kind in kinds):
            return False
        if self.cut_short and "reference" in kinds:
            return False
        return not {id, id.partition(":")[0], *(KINDS[kind][0] for kind in kinds if kind in KINDS)} & self.unread

    def get(self, kind: str, id: str) -> Any:
        """The record, approval (as a Use), evidence item or reference of a kind and id, or None."""
        match kind:
            case "approval":
                return self.uses.get(id)
            case "reference":
                return self.references.get(id)
            case "evidence":
                return self.evidence.get(id)
        return self.records.get(kind, {}).get(id)

    def ids(self, kind: str) -> tuple[str, ...]:
        """The ids of a kind, sorted."""
        match kind:
            case "approval":
                return tuple(sorted(self.uses))
            case "reference":
                return tuple(sorted(self.references))
            case "evidence":
                return tuple(sorted(self.evidence))
        return tuple(sorted(self.records.get(kind, {})))

    def owners(self) -> Iterator[tuple[Named, Record]]:
        """Every record and reference, by kind and id."""
        for kind, records in self.records.items():
            for id, record in records.items():
                yield (kind, id), record
        for key, reference in self.references.items():
            yield ("reference", key), reference

    @cached_property
    def links(self) -> tuple[tuple[Named, FieldPath, Ref], ...]:
        """Every pointer from one record to another, with the path at which it stands."""
        return tuple(
            (named, path, leaf)
            for named, record in self.owners()
            for path, leaf in record.leaves
            if isinstance(leaf, Ref)
        )

    @cached_property
    def linked_from(self) -> Mapping[Named, tuple[Named, ...]]:
        """For each record, approval and reference: the records and prose files that point to it, sorted."""
        found: dict[Named, set[Named]] = {}
        for named, _, leaf in self.links:
            kinds, id = leaf.target
            for kind in kinds:
                if self.get(kind, id) is not None:
                    found.setdefault((kind, id), set()).add(named)
        for file, text in self.prose.items():
            for token in text.tokens:
                pointed = (
                    [("reference", key) for key in token.keys]
                    if isinstance(token, prose.Citation)
                    else [(token.kind, token.id)]
                    if isinstance(token, prose.RecordLink)
                    else []
                )
                for named in pointed:
                    found.setdefault(named, set()).add(prose_owner(file))
        return MappingProxyType({named: tuple(sorted(by)) for named, by in found.items()})

    def lean(self) -> Review:
        """The same without what only the checks and the pages need; what records have kept for these goes as well."""
        for _, record in self.owners():
            for name in ("leaves", "checks"):
                vars(record).pop(name, None)
        self._derived.clear()
        nothing: Mapping[Any, Any] = MappingProxyType({})
        return replace(self, sources=nothing, texts=nothing, templates=nothing, prose=nothing, _derived={})

    def problem(self, named: Named, path: FieldPath, message: str) -> Problem:
        """What is wrong at a path of a record, with the file and line at which it stands."""
        return self.sources[named].problem(path, message)

    def file(self, named: Named) -> str:
        """The file that holds a record."""
        return self.sources[named].file


def prose_owner(file: str) -> Named:
    """Whose prose a Markdown file is: a record's, or a page's own."""
    folder, _, stem = file.removeprefix(f"{CONTENT}/").removesuffix(".md").rpartition("/")
    return (
        (FOLDERS[folder], stem) if folder in FOLDERS and stem != "index" else ("page", f"{folder}/{stem}".lstrip("/"))
    )


def load(root: Path, memory: Memory | None = None) -> Review:
    """The review under `root`: all that parses, and in `reading` every problem of what does not; a preview remembers both."""
    texts, problems = files.texts(root)
    return of_texts(texts, problems, commit(root), memory)


def of_texts(
    texts: Mapping[str, str],
    unread: Iterable[Problem] = (),
    made_from: Commit | None = None,
    memory: Memory | None = None,
) -> Review:
    """The review that some texts make, by their paths; `unread` says what could not even be read as text."""
    problems = list(unread)
    once: Callable[..., Any] = memory.reader() if memory else _call
    records: dict[str, dict[str, Record]] = {kind: {} for kind in KINDS}
    sources: dict[Named, Source] = {}
    vocabularies: dict[str, dict[str, Any]] = {name: {} for name in VOCABULARIES}
    pages: dict[str, prose.Prose] = {}
    for file, text in texts.items():
        if file.startswith(f"{CONTENT}/") and file.endswith(".md"):
            pages[file] = once(prose.parse, text, file)
            problems += pages[file].problems
        elif file == MOVED:
            sources["moved", ""] = read(text, file)
            problems += sources["moved", ""].problems
        elif file.startswith(f"{CONTENT}/vocabularies/"):
            problems += _vocabulary(file, text, vocabularies, sources, once)
        elif file.startswith(f"{CONTENT}/"):
            problems += _record(file, text, records, sources, once)
    for name in VOCABULARIES:
        file = f"{CONTENT}/vocabularies/{name}.yml"
        if ("vocabulary", name) not in sources and not any(file.startswith(p.file) for p in problems):
            problems.append(Problem(file, 1, "", "this vocabulary has no file"))
    references, entries, found = once(cite.load, texts.get(BIBLIOGRAPHY, ""), BIBLIOGRAPHY)
    if BIBLIOGRAPHY not in texts and not any(p.file == BIBLIOGRAPHY for p in problems):
        problems.append(Problem(BIBLIOGRAPHY, 1, "", "the bibliography is missing"))
    problems += found
    sources |= {("reference", key): source for key, source in entries.items()}
    return Review(
        records=MappingProxyType({k: MappingProxyType(dict(sorted(v.items()))) for k, v in records.items()}),
        references=MappingProxyType(dict(sorted(references.items()))),
        vocabularies=MappingProxyType({k: MappingProxyType(v) for k, v in vocabularies.items()}),
        moved=MappingProxyType(_moved(sources.get(("moved", "")), problems)),
        prose=MappingProxyType(pages),
        templates=MappingProxyType(
            {f.removeprefix(f"{TEMPLATES}/"): t for f, t in texts.items() if f.startswith(f"{TEMPLATES}/")}
        ),
        sources=MappingProxyType(sources),
        texts=MappingProxyType(dict(texts)),
        reading=tuple(sorted(problems)),
        commit=made_from,
        memory=memory,
    )


def _moved(source: Source | None, problems: list[Problem]) -> dict[str, str]:
    """The ids that were renamed, old to new, each as `kind:id`; adds what is wrong with their form."""
    found: dict[str, str] = {}
    if source is None or source.value is None:
        return found
    if not isinstance(source.value, dict):
        problems.append(Problem(source.file, 1, "", "what moved is a list of `kind:old-id: kind:new-id`"))
        return found
    for old, new in source.value.items():
        for name in (old, new):
            if not isinstance(name, str) or not re.fullmatch(r"[a-z]+:[A-Za-z0-9:/-]+", name):
                message = "write `kind:old-id: kind:new-id`, such as `trial:NCT00000001: trial:NCT00000002`"
                problems.append(source.problem((old,), message))
                break
        else:
            found[old] = new
    return found


def _call(make: Callable[..., Any], *of: Any) -> Any:
    return make(*of)


def _record(
    file: str,
    text: str,
    records: dict[str, dict[str, Record]],
    sources: dict[Named, Source],
    once: Callable[..., Any],
) -> list[Problem]:
    """Adds the record of one file, or says why there is none."""
    path = Path(file)
    folder = "/".join(path.parts[1:-1])
    if folder not in FOLDERS:
        where = f"'{folder}' is no kind of record" if folder else "a record stands in the folder of its kind"
        return [Problem(file, 1, "", where + suggestion(folder, FOLDERS))]
    kind = FOLDERS[folder]
    id = path.stem
    problems: list[Problem] = []
    form = NCT if kind == "trial" else SLUG
    if not form.fullmatch(id):
        must = "a registry number, NCT and eight digits" if kind == "trial" else "lowercase words and hyphens"
        problems.append(Problem(file, 1, "", f"the file name '{id}' is not an id: {must}"))
    source, parsed = once(_parsed, text, file, KINDS[kind][1])
    if not isinstance(parsed, Record):
        return problems + list(parsed)
    if not problems:
        records[kind][id] = parsed
        sources[kind, id] = source
    return problems


def _parsed(text: str, file: str, kind: type[Record]) -> tuple[Source, Record | tuple[Problem, ...]]:
    """What the text of one file says, and the record that it makes or what is wrong with it."""
    source = read(text, file)
    return source, parse(source, kind)


def _vocabulary(
    file: str,
    text: str,
    vocabularies: dict[str, dict[str, Any]],
    sources: dict[Named, Source],
    once: Callable[..., Any],
) -> list[Problem]:
    """Adds the terms of one vocabulary file."""
    name = Path(file).stem
    if file != f"{CONTENT}/vocabularies/{name}.yml" or name not in VOCABULARIES:
        return [Problem(file, 1, "", f"'{name}' is no vocabulary{suggestion(name, VOCABULARIES)}")]
    source, terms, problems = once(_terms, text, file, VOCABULARIES[name])
    if terms is not None:
        sources["vocabulary", name], vocabularies[name] = source, terms
    return list(problems)


def _terms(text: str, file: str, kind: type[Record]) -> tuple[Source, dict[str, Any] | None, tuple[Problem, ...]]:
    """A vocabulary as it is written, those of its terms that can be read, and what is wrong with the others."""
    source = read(text, file)
    if source.problems:
        return source, None, most(source.problems)
    if not isinstance(source.value, dict):
        return source, None, (Problem(file, 1, "", "a vocabulary is a list of `term: {description: ...}`"),)
    terms: dict[str, Any] = {}
    problems: list[Problem] = []
    lines: dict[str, dict[FieldPath, int]] = {term: {} for term in source.value}
    for path, line in source.lines.items():
        if path:
            lines[str(path[0])][path[1:]] = line
    for term, value in source.value.items():
        parsed = parse(Source(file, value, lines[term]), kind)
        if isinstance(parsed, Record):
            terms[term] = parsed
        else:
            problems += [Problem(p.file, p.line, ".".join(filter(None, (term, p.field))), p.message) for p in parsed]
    return source, terms, tuple(problems)
