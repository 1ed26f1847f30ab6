"""Asks ClinicalTrials.gov, Crossref and NCBI; the comparison with the review is a pure function.

The build never imports this module.
"""

from __future__ import annotations

import html
import json
import re
import time
import unicodedata
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from http.client import HTTPException, HTTPMessage, HTTPResponse, IncompleteRead
from typing import IO, Any, TypeVar
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlencode
from urllib.request import Request

from build_scripts.cite import Reference
from build_scripts.ledger import Trial
from build_scripts.scalars import NCT, Day

# Whoever runs the service sees which program asks, and why.
AGENT = "icb-resistance-living-review/1 (compares the records of a literature review with the registry)"
TOOL = "icb-resistance-living-review"
CHUNK = 65_536

T = TypeVar("T")


# What can go wrong


class Unanswered(Exception):
    """A registry gave no answer that we can use: which one, about what, and why, in one line."""

    def __init__(self, service: str, about: str, why: str) -> None:
        super().__init__(f"{service}, {_short(about)}: {_short(why)}")


class Unreachable(Unanswered):
    """The service is away, too slow or too busy."""


class NotFound(Unanswered):
    """The service answers that it does not know what was asked for."""


class Malformed(Unanswered):
    """The answer does not have the documented form."""


class _Busy(Exception):
    """The service wants to be asked later; `wait` is the time it names, in seconds."""

    def __init__(self, status: int, wait: float | None) -> None:
        super().__init__(status)
        self.status, self.wait = status, wait


# Answers


@dataclass(frozen=True)
class RegisteredTrial:
    """A trial as ClinicalTrials.gov lists it; `asked` differs from `nct` where the registry merged two numbers."""

    asked: str
    nct: str
    title: str
    status: str
    acronym: str | None = None
    phases: tuple[str, ...] = ()
    enrollment: int | None = None
    enrollment_type: str | None = None
    allocation: str | None = None
    masking: str | None = None
    arms: int | None = None
    sponsor: str | None = None
    start: Day | None = None
    last_update_posted: Day | None = None
    conditions: tuple[str, ...] = ()
    interventions: tuple[str, ...] = ()
    has_results: bool = False


@dataclass(frozen=True)
class Notice:
    """A retraction, correction or other notice, by the DOI or PMID of the other paper."""

    kind: str
    id: str | None = None
    date: Day | None = None

    def __str__(self) -> str:
        dated = f" of {self.date}" if self.date else ""
        return f"{dated} ({self.id})" if self.id else dated

    @property
    def retracts(self) -> bool:
        """Whether the paper no longer stands."""
        return bool(re.match(r"retract|withdraw|removal", self.kind, re.IGNORECASE))


@dataclass(frozen=True)
class PublishedWork:
    """A paper as Crossref or PubMed lists it; `year` is that of the issue where there is one."""

    source: str
    title: str
    doi: str | None = None
    pmid: str | None = None
    subtitle: str | None = None
    authors: tuple[str, ...] = ()
    journal: str | None = None
    journal_short: str | None = None
    year: int | None = None
    online: int | None = None
    volume: str | None = None
    number: str | None = None
    pages: str | None = None
    retracted: bool = False
    updated_by: tuple[Notice, ...] = ()
    update_to: tuple[Notice, ...] = ()


# From the documented JSON to answers


def registered_trial(body: Any, nct: str) -> RegisteredTrial:
    """The trial in the JSON of `GET /api/v2/studies/{nctId}`."""
    answer = _Answer(CLINICAL_TRIALS.name, nct, body)
    study = answer.part("protocolSection")
    design = study.part("designModule")
    interventions = study.part("armsInterventionsModule").parts("interventions")
    number = study.needed("identificationModule", "nctId")
    if not NCT.fullmatch(number):
        raise study.malformed(("identificationModule", "nctId"), f"'{number}' is not a registry number")
    return RegisteredTrial(
        asked=nct,
        nct=number,
        title=study.needed("identificationModule", "briefTitle"),
        status=study.needed("statusModule", "overallStatus"),
        acronym=study.text("identificationModule", "acronym"),
        phases=design.texts("phases"),
        enrollment=design.get(int, "enrollmentInfo", "count"),
        enrollment_type=design.text("enrollmentInfo", "type"),
        allocation=design.text("designInfo", "allocation"),
        masking=design.text("designInfo", "maskingInfo", "masking"),
        arms=len(study.part("armsInterventionsModule").parts("armGroups")) or None,
        sponsor=study.text("sponsorCollaboratorsModule", "leadSponsor", "name"),
        start=study.day("statusModule", "startDateStruct", "date"),
        last_update_posted=study.day("statusModule", "lastUpdatePostDateStruct", "date"),
        conditions=study.texts("conditionsModule", "conditions"),
        interventions=tuple(i.needed("name") for i in interventions),
        has_results=answer.get(bool, "hasResults") or False,
    )


def crossref_work(body: Any, doi: str) -> PublishedWork:
    """The paper in the JSON of `GET /works/{doi}`."""
    work = _Answer(CROSSREF.name, doi, body).part("message")
    titles = work.texts("title")
    if not titles:
        raise work.malformed(("title",), "missing")
    printed = work.date_parts("published-print") or work.date_parts("journal-issue", "published-print")
    issued, online = work.date_parts("issued"), work.date_parts("published-online")
    title = plain(titles[0])
    updates = tuple(_crossref_notice(update) for update in work.parts("updated-by"))
    return PublishedWork(
        source=CROSSREF.name,
        title=title,
        doi=work.needed("DOI"),
        subtitle=plain(" ".join(work.texts("subtitle"))) or None,
        authors=tuple(filter(None, map(_crossref_author, work.parts("author")))),
        journal=next(map(plain, work.texts("container-title")), None),
        journal_short=next(map(plain, work.texts("short-container-title")), None),
        year=_year(printed or issued),
        online=_year(online),
        volume=work.text("volume"),
        number=work.text("issue"),
        pages=work.text("page"),
        retracted=any(update.retracts for update in updates) or _marked(title),
        updated_by=updates,
        update_to=tuple(_crossref_notice(update) for update in work.parts("update-to")),
    )


def _crossref_notice(update: _Answer) -> Notice:
    kind = update.needed("type").replace("_", " ")
    return Notice(kind, update.text("DOI"), update.date_parts("updated"))


def _crossref_author(author: _Answer) -> str:
    names = (author.text("family"), author.text("given"))
    return ", ".join(filter(None, names)) or author.text("name") or ""


# PubMed also lists comments and updates; these are the references that change how a paper is read.
_PUBMED_NOTICES = {
    "retraction in": "retraction",
    "retracted and republished in": "retraction",
    "partial retraction in": "partial retraction",
    "erratum in": "correction",
    "corrected and republished in": "correction",
    "expression of concern in": "expression of concern",
}


def pubmed_work(body: Any, pmid: str) -> PublishedWork:
    """The paper in the JSON of `esummary.fcgi?db=pubmed&retmode=json`."""
    answer = _Answer(PUBMED.name, pmid, body)
    if (refusal := answer.text("error")) is not None:
        raise Malformed(PUBMED.name, pmid, f"an error instead of a summary: {refusal}")
    if answer.get(dict, "result") is None:
        raise answer.malformed(("result",), "missing")
    if answer.get(dict, "result", pmid) is None:
        raise NotFound(PUBMED.name, pmid, "the answer holds no such paper")
    work = answer.part("result", pmid)
    if (refusal := work.text("error")) is not None:
        raise NotFound(PUBMED.name, pmid, refusal)
    title = plain(work.needed("title"))
    updates = tuple(filter(None, map(_pubmed_notice, work.parts("references"))))
    return PublishedWork(
        source=PUBMED.name,
        title=title,
        doi=next((i.needed("value") for i in work.parts("articleids") if i.text("idtype") == "doi"), None),
        pmid=work.needed("uid"),
        authors=tuple(_pubmed_author(author) for author in work.parts("authors")),
        journal=_plain_or_none(work.text("fulljournalname")),
        journal_short=_plain_or_none(work.text("source")),
        year=_year(work.text("pubdate")),
        online=_year(work.text("epubdate")),
        volume=work.text("volume"),
        number=work.text("issue"),
        pages=work.text("pages"),
        retracted="Retracted Publication" in work.texts("pubtype")
        or any(update.retracts for update in updates)
        or _marked(title),
        updated_by=updates,
    )


def _pubmed_notice(reference: _Answer) -> Notice | None:
    kind = _PUBMED_NOTICES.get((reference.text("reftype") or "").casefold())
    if not kind:
        return None
    pmid = reference.value.get("pmid")
    return Notice(kind, f"PMID {pmid}" if re.fullmatch(r"\d{1,9}", str(pmid)) else reference.text("refsource"))


def _pubmed_author(author: _Answer) -> str:
    """`Family, Initials` out of PubMed's `Family Initials`; the name of a group as it stands."""
    name = author.needed("name")
    family, _, initials = name.rpartition(" ")
    return f"{family}, {initials}" if family and author.text("authtype") == "Author" else name


def _year(date: str | None) -> int | None:
    year = re.match(r"\d{4}", date or "", re.ASCII)
    return int(year[0]) if year else None


@dataclass(frozen=True)
class _Answer:
    """A part of a JSON body, whose values are asked for by path and type."""

    service: str
    about: str
    value: Any
    path: tuple[str, ...] = ()

    def malformed(self, path: tuple[str, ...], why: str) -> Malformed:
        """The error that names the place in the whole answer."""
        return Malformed(self.service, self.about, f"{'.'.join((*self.path, *path)) or 'the answer'}: {why}")

    def get(self, kind: type[T], *path: str) -> T | None:
        """The value at a path, or None where the answer is silent."""
        value = self.value
        for depth, step in enumerate(path):
            if not isinstance(value, dict):
                raise self.malformed(path[:depth], f"expected fields, found {_shape(value)}")
            value = value.get(step)
            if value is None:
                return None
        # To Python, true is a number.
        if not isinstance(value, kind) or isinstance(value, bool) != (kind is bool):
            raise self.malformed(path, f"expected {_KINDS[kind]}, found {_shape(value)}")
        return value

    def part(self, *path: str) -> _Answer:
        """The fields at a path; none where the answer is silent."""
        return _Answer(self.service, self.about, self.get(dict, *path) or {}, (*self.path, *path))

    def parts(self, *path: str) -> tuple[_Answer, ...]:
        """The rows of a list of fields."""
        rows = self.get(list, *path) or []
        return tuple(
            _Answer(self.service, self.about, row, (*self.path, *path, str(number)))
            for number, row in enumerate(rows, 1)
        )

    def text(self, *path: str) -> str | None:
        """The text at a path, on one line; None where there is none."""
        return _clean(self.get(str, *path) or "") or None

    def needed(self, *path: str) -> str:
        """The text at a path that the documentation promises."""
        if (text := self.text(*path)) is None:
            raise self.malformed(path, "missing")
        return text

    def texts(self, *path: str) -> tuple[str, ...]:
        """The texts of a list."""
        rows = self.get(list, *path) or []
        for row in rows:
            if not isinstance(row, str):
                raise self.malformed(path, f"expected texts, found {_shape(row)}")
        return tuple(filter(None, map(_clean, rows)))

    def day(self, *path: str) -> Day | None:
        """The date at a path, as precise as the answer gives it."""
        text = self.text(*path)
        return self._day(text, path) if text else None

    def date_parts(self, *path: str) -> Day | None:
        """The date that Crossref writes as `{"date-parts": [[2015, 7, 2]]}`, where `[[null]]` is no date."""
        rows = self.get(list, *path, "date-parts")
        if not rows or rows in ([[None]], [[]]):
            return None
        parts = rows[0]
        if not isinstance(parts, list) or not all(type(part) is int for part in parts):
            raise self.malformed((*path, "date-parts"), "expected lists of numbers")
        return self._day("-".join(f"{part:02}" for part in parts), (*path, "date-parts"))

    def _day(self, text: str, path: tuple[str, ...]) -> Day:
        try:
            return Day(Day.check(text))
        except ValueError as error:
            raise self.malformed(path, str(error)) from None


_KINDS: Mapping[type, str] = {dict: "fields", list: "a list", str: "text", int: "a whole number", bool: "true or false"}


def _shape(value: Any) -> str:
    return "nothing" if value is None else _KINDS.get(type(value), "a number")


# Texts


_TAG = re.compile(r"</?[A-Za-z][\w:.-]*(?:\s[^<>=]*=[^<>]*)?\s*/?>")
_MARK = re.compile(r"^\W*(?:retracted|withdrawn)(?:\s+article)?\s*:", re.IGNORECASE)


def _clean(text: str) -> str:
    """The text on one line, without what no terminal should be sent: controls, direction marks, lone surrogates."""
    return "".join(c for c in " ".join(text.split()) if unicodedata.category(c)[0] != "C")


def plain(text: str) -> str:
    """A title without tags and entities, which Crossref escapes twice."""
    for _ in range(3):
        text = html.unescape(text)
    return _clean(_TAG.sub("", text))


def _plain_or_none(text: str | None) -> str | None:
    return plain(text) if text else None


def _marked(title: str) -> bool:
    """Whether the title itself says that the paper was retracted."""
    return bool(_MARK.match(title))


def _short(text: str, most: int = 400) -> str:
    text = _clean(text)
    return text if len(text) <= most else f"{text[: most - 1]}…"


def same_words(text: str) -> str:
    """What two spellings of a title share: letters and digits, without case, accents, punctuation and tags."""
    words = _MARK.sub("", plain(text)).replace("&", " and ")
    return "".join(c for c in unicodedata.normalize("NFKD", words).casefold() if c.isalnum())


def _same_journal(name: str) -> str:
    """What two spellings of a journal share; PubMed adds a place `(London, England)` or a motto after ` : `."""
    name = re.sub(r"\s*\([^()]*\)\s*$", "", re.split(r"\s:\s", plain(name))[0])
    return same_words(re.sub(r"^the\s+", "", name, flags=re.IGNORECASE))


# The comparison


def compare_trial(trial: Trial, answer: RegisteredTrial) -> tuple[str, ...]:
    """Each field in which record and registry differ, in words; a silent registry contradicts nothing but a phase."""
    return tuple(_trial_drift(trial, answer))


def _trial_drift(trial: Trial, answer: RegisteredTrial) -> Iterator[str]:
    if answer.nct != answer.asked:
        yield f"number: the registry lists {answer.asked} as {answer.nct}"
    if trial.status != answer.status:
        seen = f" ({f'as of {trial.status_as_of}' if trial.status_as_of else 'undated'})" if trial.status else ""
        yield _says("status", f"{trial.status or 'nothing'}{seen}", answer.status)
    if trial.phase != answer.phases:
        yield _says("phase", "/".join(trial.phase) or "nothing", "/".join(answer.phases) or "nothing")
    if same_words(trial.title) != same_words(answer.title):
        yield _says("title", f"'{trial.title}'", f"'{answer.title}'")
    if answer.acronym and not _names(answer.acronym) & _names(trial.acronym or ""):
        yield _says("acronym", trial.acronym or "nothing", answer.acronym)
    yield from _enrollment_drift(trial, answer)
    if answer.sponsor and trial.sponsor and same_words(trial.sponsor) != same_words(answer.sponsor):
        yield _says("sponsor", trial.sponsor, answer.sponsor)
    if answer.start and trial.start and (trial.start.before(answer.start) or answer.start.before(trial.start)):
        yield _says("start", trial.start, answer.start)
    if trial.design:
        for name in ("allocation", "masking", "arms"):
            mine, theirs = getattr(trial.design, name), getattr(answer, name)
            if mine is not None and theirs is not None and mine != theirs:
                yield _says(name, str(mine), str(theirs))
    if answer.has_results and not trial.readouts:
        yield "results: the record has no read-outs, the registry has posted results"


def _says(field: str, record: str, registry: str) -> str:
    return f"{field}: the record says {_short(record)}, the registry says {_short(registry)}"


def _names(acronym: str) -> set[str]:
    """The names in an acronym such as `EV-103 (KEYNOTE-869)`."""
    return set(filter(None, map(same_words, re.split(r"[;,/()]", acronym))))


def _enrollment_drift(trial: Trial, answer: RegisteredTrial) -> Iterator[str]:
    """A count that differs, or a planned count that has become an actual one."""
    if answer.enrollment is None:
        return
    mine = trial.enrollment
    if mine is None:
        yield _says("enrollment", "nothing", _counted(answer.enrollment, answer.enrollment_type))
        return
    # A type that one side leaves out contradicts nothing.
    types = {mine.type, answer.enrollment_type} - {None}
    if mine.count != answer.enrollment or len(types) > 1:
        yield _says("enrollment", _counted(mine.count, mine.type), _counted(answer.enrollment, answer.enrollment_type))


def _counted(count: int, type_: str | None) -> str:
    return f"{count} ({type_})" if type_ else str(count)


def compare_reference(reference: Reference, answer: PublishedWork) -> tuple[str, ...]:
    """Each field in which the reference and the index differ, and each notice that the reference does not mention."""
    return tuple((*_reference_drift(reference, answer), *_notices(reference, answer)))


def _reference_drift(reference: Reference, answer: PublishedWork) -> Iterator[str]:
    whole = f"{answer.title}{answer.subtitle or ''}"
    if same_words(reference.title) not in (same_words(answer.title), same_words(whole)):
        yield _lists("title", f"'{reference.title}'", answer, f"'{answer.title}'")
    journals = [name for name in (answer.journal, answer.journal_short) if name]
    if reference.journal and journals and _same_journal(reference.journal) not in map(_same_journal, journals):
        yield _lists("journal", reference.journal, answer, journals[0])
    if answer.year and reference.year != answer.year:
        online = f" (online in {answer.online})" if answer.online and answer.online != answer.year else ""
        yield _lists("year", str(reference.year), answer, f"{answer.year}{online}")
    # DOIs have no case.
    if answer.doi and (reference.doi or "").lower() != answer.doi.lower():
        yield _lists("doi", reference.doi or "nothing", answer, answer.doi)
    if answer.pmid and reference.pmid != answer.pmid:
        yield _lists("pmid", reference.pmid or "nothing", answer, answer.pmid)


def _lists(field: str, mine: str, answer: PublishedWork, theirs: str) -> str:
    return f"{field}: the reference says {_short(mine)}, {answer.source} says {_short(theirs)}"


def _notices(reference: Reference, answer: PublishedWork) -> Iterator[str]:
    """A retraction is always reported; another notice only until the reference's check note names it."""
    note = (reference.check_note or "").lower()
    for notice in answer.updated_by:
        if notice.retracts or not notice.id or notice.id.lower() not in note:
            yield _short(f"{notice.kind}: {answer.source} lists one{notice}")
    if answer.retracted and not any(notice.retracts for notice in answer.updated_by):
        yield f"retraction: {answer.source} marks the paper as retracted"
    for notice in answer.update_to:
        yield _short(f"notice: {answer.source} lists the paper itself as a {notice.kind}{notice}")


# Asking


@dataclass(frozen=True)
class Service:
    """A registry: its name in messages, its address, and the seconds between two requests."""

    name: str
    base: str
    pause: float


CLINICAL_TRIALS = Service("ClinicalTrials.gov", "https://clinicaltrials.gov/api/v2", 1.2)
CROSSREF = Service("Crossref", "https://api.crossref.org", 0.25)
# NCBI blocks whoever asks more than three times a second without a key.
PUBMED = Service("PubMed", "https://eutils.ncbi.nlm.nih.gov/entrez/eutils", 0.34)


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Follows a redirect without reading what comes with it, however large."""

    def http_error_302(self, req: Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage) -> Any:
        fp.close()
        return super().http_error_302(req, fp, code, msg, headers)

    http_error_301 = http_error_303 = http_error_307 = http_error_308 = http_error_302


def _web() -> urllib.request.OpenerDirector:
    """What opens HTTP addresses, also through a proxy, and no others."""
    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.ProxyHandler,
        urllib.request.UnknownHandler,
        urllib.request.HTTPHandler,
        urllib.request.HTTPSHandler,
        urllib.request.HTTPDefaultErrorHandler,
        urllib.request.HTTPErrorProcessor,
        _Redirects,
    ):
        opener.add_handler(handler())
    return opener


@dataclass
class Client:
    """Asks one question at a time, no faster than each service allows."""

    trials: Service = CLINICAL_TRIALS
    works: Service = CROSSREF
    papers: Service = PUBMED
    timeout: float = 30.0
    """The seconds that a connection, and then a whole answer, may take."""
    waits: tuple[float, ...] = (1.0, 4.0, 15.0)
    """The seconds before each further try, when a service is busy."""
    longest_wait: float = 60.0
    """The longest wait that a service may ask for."""
    largest: int = 32_000_000
    """The most bytes that an answer may have."""
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic
    _web: urllib.request.OpenerDirector = field(default_factory=_web, init=False, repr=False)
    _asked: dict[str, float] = field(default_factory=dict, init=False, repr=False)

    def trial(self, nct: str) -> RegisteredTrial:
        """A trial by its registry number."""
        return registered_trial(self.fetch(self.trials, f"/studies/{_quoted(nct)}", nct), nct)

    def work(self, doi: str) -> PublishedWork:
        """A paper by its DOI."""
        return crossref_work(self.fetch(self.works, f"/works/{_quoted(doi)}", doi), doi)

    def paper(self, pmid: str) -> PublishedWork:
        """A paper by its PubMed identifier."""
        query = urlencode({"db": "pubmed", "id": _clean(pmid), "retmode": "json", "tool": TOOL})
        return pubmed_work(self.fetch(self.papers, f"/esummary.fcgi?{query}", pmid), pmid)

    def fetch(self, service: Service, path: str, about: str) -> Any:
        """The JSON that a service answers; one that is busy is asked again, after the time it asks for."""
        for wait in (*self.waits, None):
            self._keep_pace(service)
            try:
                return _decoded(service, about, self._body(service, path, about))
            except _Busy as busy:
                asked = busy.wait or 0
                if asked > self.longest_wait:
                    why = f"busy ({busy.status}), asks us to come back in {asked:,.0f} s"
                    raise Unreachable(service.name, about, why) from None
                if wait is None:
                    why = f"still busy ({busy.status}) after {len(self.waits) + 1} tries"
                    raise Unreachable(service.name, about, why) from None
                self.sleep(max(wait, asked))
        raise AssertionError("the last try returns or raises")

    def _keep_pace(self, service: Service) -> None:
        """Sleeps until the service may be asked again."""
        rest = self._asked.get(service.base, float("-inf")) + service.pause - self.clock()
        if rest > 0:
            self.sleep(rest)
        self._asked[service.base] = self.clock()

    def _body(self, service: Service, path: str, about: str) -> bytes:
        """The bytes that a service answers; whatever goes wrong on the way is said in our words."""
        headers = {"User-Agent": AGENT, "Accept": "application/json"}
        try:
            request = Request(service.base + path, headers=headers)
            with self._web.open(request, timeout=self.timeout) as response:
                return self._read(response, service, about)
        except HTTPError as error:
            error.close()
            raise _refusal(error, service, about) from None
        except IncompleteRead:
            raise Malformed(service.name, about, "the answer breaks off") from None
        except (OSError, HTTPException, ValueError) as error:
            reason = error.reason if isinstance(error, URLError) else error
            if isinstance(reason, TimeoutError):
                raise Unreachable(service.name, about, f"no answer within {self.timeout:g} s") from None
            raise Unreachable(service.name, about, f"no connection: {reason}") from None

    def _read(self, response: HTTPResponse, service: Service, about: str) -> bytes:
        """The whole body, if it is JSON, not too large, not too slow and not cut off."""
        kind = response.headers.get_content_type()
        if kind != "application/json" and not kind.endswith("+json"):
            raise Malformed(service.name, about, f"the answer is {kind}, not JSON")
        body, announced, end = bytearray(), response.length, self.clock() + self.timeout
        while announced is None or len(body) < announced:
            if max(len(body), announced or 0) > self.largest:
                raise Malformed(service.name, about, f"the answer is larger than {self.largest:,} bytes")
            if self.clock() > end:
                raise TimeoutError
            if not (chunk := response.read1(CHUNK)):
                break
            body += chunk
        if announced is not None and len(body) < announced:
            raise Malformed(service.name, about, f"the answer breaks off after {len(body):,} of {announced:,} bytes")
        return bytes(body)


def _quoted(id: str) -> str:
    """An id as one step of an address, so that a DOI's slashes lead nowhere else."""
    return quote(_clean(id), safe="")


def _refusal(error: HTTPError, service: Service, about: str) -> Exception:
    """What an HTTP status means to us."""
    if error.code in (429, 503):
        return _Busy(error.code, retry_after(error.headers.get("Retry-After", ""), error.headers.get("Date", "")))
    if error.code in (400, 404, 410):
        return NotFound(service.name, about, f"not known there ({error.code})")
    return Unreachable(service.name, about, f"answers {error.code} {error.reason}")


def retry_after(asked: str, date: str) -> float | None:
    """The seconds that `Retry-After` asks for; a date counts from the answer's own, nonsense not at all."""
    if re.fullmatch(r"\d{1,9}", asked.strip(), re.ASCII):
        return float(asked)
    try:
        wait = parsedate_to_datetime(asked) - parsedate_to_datetime(date)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
    return max(wait.total_seconds(), 0.0)


def _decoded(service: Service, about: str, body: bytes) -> Any:
    """The values in a JSON text."""
    try:
        return json.loads(body)
    except RecursionError:
        why = "the answer is nested too deeply"
    except ValueError:
        why = "the answer is not JSON" if body.strip() else "the answer is empty"
    raise Malformed(service.name, about, why)
