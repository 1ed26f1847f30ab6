"""New records as an editor would start them: filled from a registry's answer, or an honest skeleton without one."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from build_scripts.registry import PublishedWork, RegisteredTrial

_SMALL = {"a", "an", "the", "of", "in", "on", "for", "and", "to", "with", "by", "from"}


def registry_page(nct: str) -> str:
    """The address of a trial's registry record."""
    return f"https://clinicaltrials.gov/study/{nct}"


def trial(nct: str, answer: RegisteredTrial, day: str) -> str:
    """The YAML of a trial record; what only a person can say stands empty, and the check asks for it."""
    address = registry_page(nct)
    lines = ["# yaml-language-server: $schema=../../schema/trial.json"]
    lines += [f"acronym: {_said(answer.acronym)}"] if answer.acronym else []
    lines += [f"title: {_said(answer.title)}", "summary:  # one sentence: what the trial asked"]
    lines += [
        f"phase: [{', '.join(map(_word, answer.phases))}]",
        f"status: {_word(answer.status)}",
        f"status_as_of: {day}",
    ]
    design = {"allocation": answer.allocation, "masking": answer.masking, "arms": answer.arms}
    if any(value is not None for value in design.values()):
        lines += [f"design: {{{', '.join(f'{k}: {v}' for k, v in design.items() if v is not None)}}}"]
    lines += [f"conditions: [{', '.join(map(_said, answer.conditions))}]"]
    lines += [f"interventions: [{', '.join(map(_said, answer.interventions))}]"]
    if answer.enrollment is not None:
        kind = f", type: {_word(answer.enrollment_type)}" if answer.enrollment_type else ""
        lines += [f"enrollment: {{count: {answer.enrollment}{kind}}}"]
    lines += [f"sponsor: {_said(answer.sponsor)}"] if answer.sponsor else []
    lines += [f"start: {answer.start}"] if answer.start else []
    as_of = answer.last_update_posted or day
    checked = f"{{date: {day}, page: {address}, as_of: {as_of}}}"
    lines += ["cancers: []  # ids of content/cancers/", "agents: []  # ids of content/agents/"]
    lines += [f'no_publication: {{searched: "not looked for yet", date: {day}}}  # or primary_publication: key']
    lines += [f"source: {{page: {address}, at: registry record}}", f"checked: {checked}"]
    return "\n".join(lines) + "\n"


def reference(id: str, answer: PublishedWork | None, taken: Iterable[str], day: str) -> tuple[str, str]:
    """The key and the BibTeX entry of a paper, by its DOI or PubMed identifier; the key is one that nothing has yet."""
    kind = "doi" if id.startswith("10.") else "pmid"
    if answer is None:
        key = _free(f"unseen{day[:4]}{re.sub(r'[^a-z0-9]', '', id.lower())}", set(taken))
        fields = {"author": "Unseen", "title": "Not looked up yet", "year": day[:4], kind: id}
        fields["unverified"] = "the registry could not be asked; fill in what the paper's page says"
        return key, _entry(key, fields)
    family = re.sub(r"[^a-z]", "", _plain(answer.authors[0].partition(",")[0])) if answer.authors else ""
    year = str(answer.year or day[:4])
    word = next((w for w in re.findall(r"[a-z0-9]+", _plain(answer.title)) if w not in _SMALL), "paper")
    key = _free(f"{family or 'anonymous'}{year}{word}", set(taken))
    authors = [*answer.authors[:3], *(["others"] if len(answer.authors) > 3 else [])]
    page = f"https://doi.org/{answer.doi}" if answer.doi else f"https://pubmed.ncbi.nlm.nih.gov/{answer.pmid}/"
    fields = {
        "author": " and ".join(authors) or "Anonymous",
        "title": answer.title,
        "journal": answer.journal,
        "year": year,
        "volume": answer.volume,
        "number": answer.number,
        "pages": re.sub(r"(?<=\w)-(?=\w)", "--", answer.pages) if answer.pages else None,
        "doi": answer.doi,
        "pmid": answer.pmid,
        "checked-date": day,
        "checked-page": page,
        "checked-as-of": day,
        "note-check": f"from {answer.source}; the abstract is not read yet",
    }
    return key, _entry(key, {name: value for name, value in fields.items() if value})


def _entry(key: str, fields: dict[str, str | None]) -> str:
    body = ",\n".join(f"  {name} = {{{_braced(value or '')}}}" for name, value in fields.items())
    return f"@article{{{key},\n{body}\n}}\n"


def _braced(text: str) -> str:
    # An unmatched brace would swallow the entries that follow.
    return text.replace("{", "(").replace("}", ")").replace("\\", "")


def _free(key: str, taken: set[str]) -> str:
    endings = ["", *"bcdefghijklmnopqrstuvwxyz"]
    return next((key + ending for ending in endings if key + ending not in taken), f"{key}{len(taken)}")


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()


def _word(text: str) -> str:
    """A word of the registry as it stands; one of another form must not become YAML."""
    return text if re.fullmatch(r"[A-Z0-9_]+", text) else _said(text)


def _said(text: str | None) -> str:
    return '"' + (text or "").replace("\\", "\\\\").replace('"', '\\"') + '"'
