"""The scalar types of the facts: each with its own pattern, its own words when it is wrong, and its own JSON Schema."""

from __future__ import annotations

import calendar
import re
from typing import Annotated, Any, ClassVar
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import PydanticCustomError, core_schema

SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
NCT = re.compile(r"NCT[0-9]{8}")
# Anything that tries to be a registry number, well formed or not.
NCT_LIKE = re.compile(r"\bNCT[-\s]?\d+\b", re.IGNORECASE)
DOI = re.compile(r"10\.[0-9]{4,9}/[^\s\"<>{}]*[^\s\"<>{}.,;]")
PMID = re.compile(r"[1-9][0-9]{0,7}")
_TAG = re.compile(r"<[A-Za-z/!?]")
INVISIBLE = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


def wrong(message: str) -> PydanticCustomError:
    """The error that a validator raises; its message reaches the editor as it stands."""
    return PydanticCustomError("rule", "{message}", {"message": message})


def _text(value: str) -> str:
    value = " ".join(value.split())
    if not value:
        raise wrong("the text is empty")
    if INVISIBLE.search(value):
        raise wrong("holds an invisible or direction-changing character; retype the text")
    # The theme puts titles on pages unescaped; a text that cannot be a tag is safe there too.
    if _TAG.search(value):
        raise wrong("looks like HTML; write plain text")
    return value


def _count(value: Any) -> Any:
    if isinstance(value, str):
        if re.fullmatch(r"[0-9]{10,}", value):
            raise wrong(f"'{value}' has more than nine digits")
        if not re.fullmatch(r"[0-9]{1,9}", value):
            raise wrong(f"'{value}' is not a whole number")
        return int(value)
    return value


def _decimal(value: str) -> str:
    if re.search(r"[0-9]{13}", value):
        raise wrong(f"'{value}' has more than twelve digits in a row")
    if not re.fullmatch(r"[<>≤≥]?-?[0-9]+(\.[0-9]+)?", value):
        raise wrong(f"'{value}' is not a number as printed, such as 0.69 or <0.001")
    return value


def _url(value: str) -> str:
    try:
        parts = urlsplit(value)
    except ValueError:  # a bracket without its twin
        parts = urlsplit("")
    if parts.scheme not in ("https", "http") or not parts.hostname or re.search(r"[\s<>\"'`]", value):
        raise wrong(f"'{value}' is not a web address that starts with https://")
    return value


def _slug(value: str) -> str:
    if not SLUG.fullmatch(value):
        raise wrong(f"'{value}' is not an id: lowercase words and hyphens")
    return value


Text = Annotated[str, AfterValidator(_text)]
Count = Annotated[int, BeforeValidator(_count)]
Decimal = Annotated[str, AfterValidator(_decimal), Field(json_schema_extra={"examples": ["0.69", "<0.001"]})]
Url = Annotated[
    str, AfterValidator(_url), Field(json_schema_extra={"format": "uri", "examples": ["https://example.org/page"]})
]
Slug = Annotated[
    str,
    AfterValidator(_slug),
    Field(json_schema_extra={"pattern": f"^{SLUG.pattern}$", "examples": ["words-and-hyphens"]}),
]


class _Word(str):
    """A string with a rule of its own; pydantic builds the subclass after the rule has passed."""

    schema: ClassVar[dict[str, Any]] = {}

    @classmethod
    def check(cls, value: str) -> str:
        return value

    @classmethod
    def known_in(cls) -> str:
        """The name of the list of all words that there are, or nothing where any word of the form will do."""
        return ""

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        return core_schema.no_info_after_validator_function(
            lambda value: cls(cls.check(value)),
            core_schema.str_schema(strip_whitespace=True),
            serialization=core_schema.plain_serializer_function_ser_schema(str),
        )

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        # What a word must be one of is not the model's to say; the schemas name the list, and editors may have it.
        return {"type": "string", **cls.schema, **({"x-known-in": name} if (name := cls.known_in()) else {})}


class Day(_Word):
    """A date as precise as the source gives it: YYYY, YYYY-MM or YYYY-MM-DD, never padded."""

    schema: ClassVar[dict[str, Any]] = {"pattern": r"^\d{4}(-\d{2}(-\d{2})?)?$", "examples": ["2026-01-31"]}

    @classmethod
    def check(cls, value: str) -> str:
        match = re.fullmatch(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?", value)
        if not match:
            raise wrong(f"'{value}' is not a date; write YYYY-MM-DD, YYYY-MM or YYYY")
        year, month, day = (int(part) if part else None for part in match.groups())
        real = 1900 <= year <= 2100 and (month is None or 1 <= month <= 12)  # type: ignore[operator]
        if real and month and day is not None:
            real = 1 <= day <= calendar.monthrange(year, month)[1]  # type: ignore[arg-type]
        if not real:
            raise wrong(f"'{value}' is no day of the calendar")
        return value

    def before(self, other: str) -> bool:
        """Whether this date is surely earlier; dates of unequal precision compare on what both say."""
        common = min(len(self), len(other))
        return self[:common] < other[:common]


class AsOf(_Word):
    """The day that a copy shows for itself, or the word `unknown`."""

    schema: ClassVar[dict[str, Any]] = {
        "pattern": r"^(unknown|\d{4}(-\d{2}(-\d{2})?)?)$",
        "examples": ["2025-12-31", "unknown"],
    }

    @classmethod
    def check(cls, value: str) -> str:
        return value if value == "unknown" else Day.check(value)


class Ref(_Word):
    """The id of another record; the class says of which kinds, the review whether it exists."""

    kinds: ClassVar[tuple[str, ...]] = ()
    schema: ClassVar[dict[str, Any]] = {"pattern": f"^{SLUG.pattern}$"}

    @classmethod
    def known_in(cls) -> str:
        return "-or-".join(cls.kinds)

    @classmethod
    def check(cls, value: str) -> str:
        return _slug(value)

    @property
    def target(self) -> tuple[tuple[str, ...], str]:
        """The kinds that this id may belong to, and the id within them."""
        return self.kinds, str(self)


class AgentRef(Ref):
    kinds: ClassVar[tuple[str, ...]] = ("agent",)


class ComponentRef(Ref):
    kinds: ClassVar[tuple[str, ...]] = ("agent", "intervention")


class TargetRef(Ref):
    kinds: ClassVar[tuple[str, ...]] = ("target",)


class BiomarkerRef(Ref):
    kinds: ClassVar[tuple[str, ...]] = ("biomarker",)


class FamilyRef(Ref):
    kinds: ClassVar[tuple[str, ...]] = ("family",)


class MechanismRef(Ref):
    kinds: ClassVar[tuple[str, ...]] = ("mechanism",)


class TermRef(Ref):
    kinds: ClassVar[tuple[str, ...]] = ("term",)


class CancerRef(Ref):
    kinds: ClassVar[tuple[str, ...]] = ("cancer",)


class CorrectionRef(Ref):
    kinds: ClassVar[tuple[str, ...]] = ("correction",)


class ReferenceRef(Ref):
    kinds: ClassVar[tuple[str, ...]] = ("reference",)


class TrialRef(Ref):
    kinds: ClassVar[tuple[str, ...]] = ("trial",)
    schema: ClassVar[dict[str, Any]] = {"pattern": f"^{NCT.pattern}$"}

    @classmethod
    def check(cls, value: str) -> str:
        if not NCT.fullmatch(value):
            raise wrong(f"'{value}' is not a registry number: NCT and eight digits")
        return value


class ApprovalRef(Ref):
    """An approval by its full id, `nivolumab:melanoma-adjuvant`."""

    kinds: ClassVar[tuple[str, ...]] = ("approval",)
    schema: ClassVar[dict[str, Any]] = {
        "pattern": r"^[a-z0-9-]+:[a-z0-9-]+$",
        "examples": ["nivolumab:melanoma-adjuvant"],
    }

    @classmethod
    def check(cls, value: str) -> str:
        if not re.fullmatch(rf"{SLUG.pattern}:{SLUG.pattern}", value):
            raise wrong(f"'{value}' is not an approval; write owner:approval, such as nivolumab:melanoma-adjuvant")
        return value


class EvidenceRef(Ref):
    """An evidence item by its full id, `zaretsky2016mutations:b2m-truncation`."""

    kinds: ClassVar[tuple[str, ...]] = ("evidence",)
    schema: ClassVar[dict[str, Any]] = {"pattern": r"^[a-z0-9-]+:[a-z0-9-]+$", "examples": ["doe2020first:b2m-lost"]}

    @classmethod
    def check(cls, value: str) -> str:
        if not re.fullmatch(rf"{SLUG.pattern}:{SLUG.pattern}", value):
            raise wrong(f"'{value}' is not an evidence item; write reference:item, such as doe2020first:b2m-lost")
        return value


class RecordRef(Ref):
    """Any record by kind and id, `trial:NCT01866319`."""

    schema: ClassVar[dict[str, Any]] = {"pattern": r"^[a-z]+:.+$", "examples": ["agent:nivolumab"]}

    @classmethod
    def known_in(cls) -> str:
        return "record"

    @classmethod
    def check(cls, value: str) -> str:
        if not re.fullmatch(r"[a-z]+:[A-Za-z0-9:-]+", value):
            raise wrong(f"'{value}' does not name a record; write kind:id, such as trial:NCT01866319")
        return value

    @property
    def target(self) -> tuple[tuple[str, ...], str]:
        kind, _, name = self.partition(":")
        return (kind,), name


class SubjectRef(RecordRef):
    """What evidence can be about: `mechanism:id`, `strategy:id` or `biomarker:id`."""

    schema: ClassVar[dict[str, Any]] = {
        "pattern": r"^(mechanism|strategy|biomarker):[a-z0-9-]+$",
        "examples": ["mechanism:b2m-loss"],
    }

    @classmethod
    def known_in(cls) -> str:
        return "subject"

    @classmethod
    def check(cls, value: str) -> str:
        if not re.fullmatch(rf"(mechanism|strategy|biomarker):{SLUG.pattern}", value):
            raise wrong(f"'{value}' is no subject of evidence; write mechanism:id, strategy:id or biomarker:id")
        return value


class OutlineId(_Word):
    """An entry of the outline: a letter and a number."""

    schema: ClassVar[dict[str, Any]] = {"pattern": r"^[A-Z]{1,2}\d{1,3}$", "examples": ["M06"]}

    @classmethod
    def known_in(cls) -> str:
        return "outline"

    @classmethod
    def check(cls, value: str) -> str:
        if not re.fullmatch(r"[A-Z]{1,2}[0-9]{1,3}", value):
            raise wrong(f"'{value}' is no entry of the outline; write a letter and a number, such as M06")
        return value


class Term(_Word):
    """A word of a closed vocabulary, which is one file of its own."""

    vocabulary: ClassVar[str] = ""

    @classmethod
    def known_in(cls) -> str:
        return cls.vocabulary


class Regulator(Term):
    vocabulary: ClassVar[str] = "regulators"


class Setting(Term):
    vocabulary: ClassVar[str] = "settings"


class Line(Term):
    vocabulary: ClassVar[str] = "lines"


class Marker(Term):
    vocabulary: ClassVar[str] = "markers"


class Modality(Term):
    vocabulary: ClassVar[str] = "modalities"


class Route(Term):
    vocabulary: ClassVar[str] = "routes"


class CombinationClass(Term):
    vocabulary: ClassVar[str] = "combination-classes"


class InterventionClass(Term):
    vocabulary: ClassVar[str] = "intervention-classes"


class Step(Term):
    vocabulary: ClassVar[str] = "steps"


class System(Term):
    vocabulary: ClassVar[str] = "systems"
