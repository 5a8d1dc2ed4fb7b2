"""GOV.UK Content API items (`/api/content/<path>`) → documents.

Which schema is read how stands in `READERS`; what is no guidance, in `LEFT_OUT` and, for the
schemas that hold both, in `NOT_GUIDANCE_TYPES`. Anything else is left out by name.
Source: https://content-api.publishing.service.gov.uk and alphagov/publishing-api, content_schemas.
"""

from typing import Any

from knowledge.documents import Document, canonical_date, canonical_language
from knowledge.errors import DocumentUnreadable, NotGuidance
from knowledge.loaders import govuk_bodies as bodies
from knowledge.loaders.fields import listed, mapping, word
from knowledge.loaders.govuk_bodies import Item, Reader
from knowledge.loaders.outline import fold

GOV_UK = "https://www.gov.uk"

READERS: dict[str, Reader] = {
    "answer": bodies.body,
    "contact": bodies.contact,
    "detailed_guide": bodies.body,
    "document_collection": bodies.collection,
    "guide": bodies.parts,
    "help_page": bodies.body,
    "hmrc_manual": bodies.manual,
    "hmrc_manual_section": bodies.manual,
    "html_publication": bodies.body,
    "licence": bodies.licence,
    "local_transaction": bodies.local_transaction,
    "manual": bodies.manual,
    "manual_section": bodies.body,
    "place": bodies.place,
    "publication": bodies.publication,
    "service_manual_guide": bodies.body,
    "simple_smart_answer": bodies.smart_answer,
    "specialist_document": bodies.body,
    "step_by_step_nav": bodies.step_by_step,
    "take_part": bodies.body,
    "transaction": bodies.transaction,
    "travel_advice": bodies.travel_advice,
}

LEFT_OUT = {
    "gone": ("gone", "is gone from GOV.UK"),
    "redirect": ("redirect", "only leads to another page: give that page's address instead"),
    "vanish": ("gone", "is gone from GOV.UK"),
}

NOT_GUIDANCE_TYPES = frozenset(
    {
        *("corporate_report", "foi_release", "impact_assessment", "independent_report"),
        *("policy_paper", "research", "transparency", "decision", "correspondence", "map"),
        *("international_treaty", "standard", "official_statistics", "national_statistics"),
        *("statistics", "impact", "news_story", "press_release", "open_consultation"),
        *("closed_consultation", "consultation_outcome", "case_study", "speech"),
        *("aaib_report", "cma_case", "maib_report", "raib_report", "service_standard_report"),
        *("asylum_support_decision", "employment_appeal_tribunal_decision", "utaac_decision"),
        *("employment_tribunal_decision", "tax_tribunal_decision", "trademark_decision"),
        *("residential_property_tribunal_decision", "traffic_commissioner_regulatory_decision"),
        *("research_for_development_output", "dfid_research_output", "statutory_instrument"),
        *("utiac_decision", "veterans_support_organisation", "algorithmic_transparency_record"),
    }
)

NATIONS = ("England", "Scotland", "Wales", "Northern Ireland")


def matches(value: Any) -> bool:
    """Say whether a JSON value is an item of the Content API."""
    return (
        isinstance(value, dict)
        and bool(word(value, "schema_name"))
        and "base_path" in value
        and "body_markdown" not in value
    )


def load(value: Any, source: str) -> Document:
    """Return the item as a document; raise `NotGuidance` for what citizens are not guided by."""
    if not matches(value):
        raise DocumentUnreadable(source, "needs schema_name and base_path")
    schema = word(value, "schema_name")
    _leave_out(value, schema, source)
    url = f"{GOV_UK}/{word(value, 'base_path').lstrip('/')}"
    item = Item(url, mapping(value, "details"), mapping(value, "links"))
    title = fold(word(value, "title"))
    if not title:
        raise DocumentUnreadable(source, "has no title")
    sections = READERS[schema](item)
    if not sections:
        raise NotGuidance(source, "no_text", f"is a {schema} without text")
    return Document(
        url=url,
        title=title,
        sections=sections,
        summary=fold(word(value, "description")),
        publisher=_publisher(item),
        updated=canonical_date(word(value, "public_updated_at") or word(value, "updated_at")),
        nations=_nations(item.details, schema),
        language=canonical_language(word(value, "locale")),
    )


def _leave_out(value: dict[str, Any], schema: str, source: str) -> None:
    kind = word(value, "document_type") or schema
    for name in (schema, kind):
        if name in LEFT_OUT:
            reason, why = LEFT_OUT[name]
            raise NotGuidance(source, reason, why)
    notice = value.get("withdrawn_notice") or mapping(value, "details").get("withdrawn_notice")
    if notice or value.get("withdrawn") is True:
        raise NotGuidance(source, "withdrawn", "was withdrawn by its publisher")
    if schema not in READERS:
        raise NotGuidance(source, "not_guidance", f"is a {schema}, which is not guidance")
    above = [word(parent, "document_type") for parent in listed(mapping(value, "links"), "parent")]
    for name in (kind, *(above if schema == "html_publication" else ())):
        if name in NOT_GUIDANCE_TYPES:
            raise NotGuidance(source, "not_guidance", f"is a {name}, which is not guidance")


def _publisher(item: Item) -> str:
    organisations = listed(item.links, "organisations") or listed(item.details, "organisations")
    titles = (fold(word(organisation, "title")) for organisation in organisations)
    return ", ".join(dict.fromkeys(title for title in titles if title))


def _nations(details: dict[str, Any], schema: str) -> tuple[str, ...]:
    """Return the nations an item says it is for; () where it does not say."""
    stated = mapping(details, "national_applicability")
    if stated:
        return tuple(
            name for name in NATIONS if mapping(stated, _key(name)).get("applicable") is True
        )
    elsewhere = {name for name in NATIONS if mapping(details, f"{_key(name)}_availability")}
    if schema == "local_transaction" and elsewhere:
        return tuple(name for name in NATIONS if name not in elsewhere)
    return ()


def _key(nation: str) -> str:
    return nation.lower().replace(" ", "_")
