"""The words we add to EPCIS under the prefix `gi:`: what each means, and how it is written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

EPCIS_CONTEXT: Final = "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"
_XSD: Final = "http://www.w3.org/2001/XMLSchema#"


@dataclass(frozen=True, slots=True)
class Term:
    """`type` is `object`, or one of XML Schema: string, integer (a JSON number), decimal (in a string), date, anyURI."""

    name: str
    type: str
    meaning: str
    example: str


TERMS: Final[tuple[Term, ...]] = (
    # of every event
    Term("act", "string", "what happened, in the platform's own word", "batch_registered"),
    Term("statement", "anyURI", "the entry of the public log that the event was made from", "{base}/ledger/entries/17"),
    Term("batch", "anyURI", "the platform's code of the batch, the same before and after a correction", "urn:uuid:…"),
    Term("correction", "anyURI", "the entry of the correction that this event follows from", "{base}/ledger/entries/21"),
    Term("reason", "string", "why, as whoever acted wrote it", "复检菌落总数超标"),
    Term("recall", "anyURI", "the recall or hold that stopped the batch together with others", "urn:uuid:…"),
    Term("dayOnly", "date", "the day of something whose hour nobody noted; eventTime is then its first moment", "2026-11-20"),
    # of a product, in ilmd
    Term("productionDate", "date", "day of production", "2026-11-20"),
    Term("origin", "string", "county of origin, GB/T 2260", "510117"),
    Term("indicationCode", "string", "the geographical indication's code in the register", "SC-AGI-0001"),
    Term("indicationName", "string", "the geographical indication's name when the event was made", "郫县豆瓣"),
    Term("productName", "string", "the product as the authorisation calls it", "郫县豆瓣"),
    Term("standardVersion", "string", "the version of the standard in force on the day of production", "GB/T 20560-2006"),
    Term("maker", "string", "the maker's 统一社会信用代码", "91510117MADEM00012"),
    Term("authorisation", "anyURI", "the right to use the mark that the batch is made under", "urn:uuid:…"),
    Term("material", "string", "what a lot consists of, in its holder's words", "鲜辣椒"),
    # of a laboratory report
    Term("labReport", "object", "a laboratory's report", "see below"),
    Term("code", "anyURI", "the platform's code of the report", "urn:uuid:…"),
    Term("laboratory", "string", "the laboratory's full name", "四川省检验院"),
    Term("cmaNumber", "string", "number of its 检验检测机构资质认定 certificate", "230020349999"),
    Term("cmaFrom", "date", "first day that the certificate is valid", "2023-01-01"),
    Term("cmaTo", "date", "last day that the certificate is valid", "2028-12-31"),
    Term("reportNo", "string", "the report's number", "JY-2026-118"),
    Term("sampledOn", "date", "day of sampling", "2026-11-02"),
    Term("issuedOn", "date", "day of issue", "2026-11-10"),
    Term("grade", "string", "the grade the report states, as the standard spells it", "一级"),
    Term("fileSha256", "string", "SHA-256 of the report's file, hexadecimal", "9f86d0…"),
    Term("replaces", "anyURI", "the report or certificate that this one takes the place of", "urn:uuid:…"),
    Term("result", "object", "one measured value", "see below"),
    Term("indicator", "string", "what was measured, by its key in the standard", "total_acid"),
    Term("comparator", "string", "< where the value is a limit of detection; absent for a measured value", "<"),
    Term("value", "decimal", "the value as the report has it, no digit added or lost", "1.90"),
    Term("unit", "string", "its unit as the report has it", "g/100g"),
    Term("basis", "string", "what it refers to", "以乳酸计"),
    Term("method", "string", "method of measurement", "GB 12456-2021"),
    # of a conformity certificate
    Term("certificate", "anyURI", "the platform's code of a 承诺达标合格证", "urn:uuid:…"),
    Term("certificateNo", "string", "its number, as printed", "HG261120-7K3QFA"),
    # of labels
    Term("labelRun", "string", "code of the run of labels; with a serial it makes a unit's code", "7Q2M4X"),
    Term("runIssue", "anyURI", "as a type of business transaction: the issue of a run of labels", "{base}/label-runs/7Q2M4X"),
    Term("serialRange", "object", "the serials concerned, both ends included", "see below"),
    Term("first", "integer", "the first serial", "1"),
    Term("last", "integer", "the last serial", "5000"),
    Term("unitMassG", "integer", "net content of one unit in grams", "500"),
    # of lots
    Term("operation", "anyURI", "the platform's code of what was done with lots", "urn:uuid:…"),
    Term("process", "string", "which process, as the specification calls it", "翻晒发酵"),
    Term("yieldPermille", "integer", "output in parts per thousand of input", "830"),
    Term("yieldMinPermille", "integer", "least output the specification expects", "750"),
    Term("yieldMaxPermille", "integer", "largest output the specification expects", "900"),
    Term("lot", "object", "what else is known of a lot that the event names", "see below"),
    Term("class", "anyURI", "the identifier the lot has in the event", "urn:uuid:…"),
    Term("lotNumber", "string", "its holder's number for it", "H261101"),
    Term("differenceG", "integer", "grams that a stock-take found more (or, negative, fewer) than the books", "-1200"),
    Term("dispatch", "anyURI", "of what was bought: the seller's operation of sending it, where both use the platform", "urn:uuid:…"),
    Term("documentNo", "string", "number of the paper that shows it", "SH-20261120-3"),
)  # fmt: skip


def own_context(namespace: str) -> list[Any]:
    """The @context of our own events: EPCIS, and what our prefix stands for.

    The prefixes alone: a reader who cannot reach this server reads the events all the same. The served context adds
    types. `cbvmda` stands in the context of EPCIS as well; hash generators that fetch nothing need it here.
    """
    return [EPCIS_CONTEXT, {"gi": namespace, "cbvmda": "urn:epcglobal:cbv:mda:"}]


def context_document(namespace: str) -> dict[str, Any]:
    """The JSON-LD context: every term under its full name, with its type. `namespace` ends with `#`."""
    entries: dict[str, Any] = {"gi": namespace}
    for term in TERMS:
        if term.type == "anyURI":
            entries[f"gi:{term.name}"] = {"@id": f"{namespace}{term.name}", "@type": "@id"}
        elif term.type == "object" or term.type == "string":
            entries[f"gi:{term.name}"] = {"@id": f"{namespace}{term.name}"}
        else:
            entries[f"gi:{term.name}"] = {"@id": f"{namespace}{term.name}", "@type": f"{_XSD}{term.type}"}
    return {"@context": entries}
