"""What a page says of itself to machines: schema.org terms for the record it shows, and for the datasets."""

from __future__ import annotations

from typing import Any

from build_scripts import cite
from build_scripts.ledger import Agent, Cancer, Combination, Intervention, Target, Trial
from build_scripts.links import SERVED, address
from build_scripts.record import Record
from build_scripts.resistance import Account, Concept, Family
from build_scripts.review import Review

CONTEXT = "https://schema.org"
CONTENT_LICENCE = "https://creativecommons.org/licenses/by/4.0/"
NAME = "ICB Resistance: a living review"


def of_record(review: Review, kind: str, id: str, record: Record) -> dict[str, Any] | None:
    """The record as schema.org understands it; None for kinds that it has no word for."""
    match record:
        case Agent():
            said = {
                "@type": "Drug",
                "name": record.name,
                "alternateName": [*record.brands, *record.aliases],
                "nonProprietaryName": record.inn,
                "proprietaryName": list(record.brands),
                "mechanismOfAction": record.summary,
                "manufacturer": {"@type": "Organization", "name": record.applicant} if record.applicant else None,
                "administrationRoute": ", ".join(record.routes) or None,
            }
        case Intervention() | Combination():
            said = {"@type": "MedicalTherapy", "name": record.name, "alternateName": list(record.aliases)}
        case Trial():
            said = {
                "@type": "MedicalTrial",
                "name": record.title,
                "alternateName": record.acronym,
                "identifier": id,
                "sameAs": f"https://clinicaltrials.gov/study/{id}",
                "sponsor": {"@type": "Organization", "name": record.sponsor} if record.sponsor else None,
                "healthCondition": [
                    {"@type": "MedicalCondition", "name": review.cancers[str(c)].name}
                    for c in record.cancers
                    if str(c) in review.cancers
                ],
            }
        case Cancer():
            said = {
                "@type": "MedicalCondition",
                "name": record.name,
                "alternateName": list(record.aliases),
                "code": [
                    {"@type": "MedicalCode", "codingSystem": register.upper(), "codeValue": value}
                    for register, value in record.ids.items()
                ],
            }
        case Target():
            said = {"@type": "Gene", "name": record.symbol, "alternateName": [record.name, *record.aliases]}
        case cite.Reference():
            said = {
                "@type": "ScholarlyArticle",
                "headline": record.title,
                "author": [
                    {"@type": "Person", "name": " ".join(filter(None, (given, family)))}
                    for family, given in cite.names(record)
                    if family != "others"
                ],
                "datePublished": str(record.year),
                "isPartOf": {"@type": "Periodical", "name": record.journal} if record.journal else None,
                "sameAs": record.address,
            }
        case Account() | Concept() | Family():
            said = {
                "@type": "MedicalWebPage",
                "name": record.label,
                "alternateName": list(record.aliases),
                "license": CONTENT_LICENCE,
                "isPartOf": {"@type": "WebSite", "name": NAME},
            }
        case _:
            return None
    summary = getattr(record, "summary", None)
    told = {"@context": CONTEXT, **said, "description": summary, "mainEntityOfPage": address(SERVED, kind, id)}
    return {name: value for name, value in told.items() if value not in (None, [], "")}


def of_datasets(datasets: dict[str, tuple[str, int]]) -> dict[str, Any]:
    """The catalogue of the downloads, from each dataset's name to its title and number of rows."""
    return {
        "@context": CONTEXT,
        "@type": "DataCatalog",
        "name": f"{NAME}, data",
        "license": CONTENT_LICENCE,
        "dataset": [
            {
                "@type": "Dataset",
                "name": f"{NAME}: {title}",
                "description": f"{title} of the living review, {rows} rows.",
                "license": CONTENT_LICENCE,
                "isAccessibleForFree": True,
                "distribution": [
                    {"@type": "DataDownload", "encodingFormat": form, "contentUrl": f"data/{name}.{ending}"}
                    for ending, form in (("json", "application/json"), ("csv", "text/csv"))
                ],
            }
            for name, (title, rows) in datasets.items()
        ],
    }
