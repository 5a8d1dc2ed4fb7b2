"""Content API items: what each schema says, where, for whom, and what is left out and why."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.documents import BlockKind, Document
from knowledge.errors import DocumentUnreadable, NotGuidance
from knowledge.loaders.govuk import READERS, load, matches

URL = "https://www.gov.uk/kites"
P, L, S, T = BlockKind.PARAGRAPH, BlockKind.LIST, BlockKind.STEPS, BlockKind.TABLE


def item(schema: str, details: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    return {
        "schema_name": schema,
        "document_type": schema,
        "base_path": "/kites",
        "title": "Kites",
        "description": "All about  kites",
        "locale": "en",
        "details": details or {},
        **more,
    }


def said(
    page: Document,
) -> list[tuple[tuple[str, ...], str, list[tuple[BlockKind, tuple[str, ...]]]]]:
    return [
        (
            section.headings,
            section.url.removeprefix(URL),
            [(block.kind, block.items) for block in section.blocks],
        )
        for section in page.sections
    ]


BODY = "<p>Fly high.</p><h2 id='fees'>Fees</h2><p>It is £5.</p>"


@pytest.mark.parametrize(
    "schema",
    [
        *("answer", "detailed_guide", "help_page", "html_publication", "manual_section"),
        *("publication", "service_manual_guide", "specialist_document", "take_part", "manual"),
        *("simple_smart_answer", "document_collection", "hmrc_manual_section"),
    ],
)
def test_schemas_with_a_body_are_read_with_their_anchors(schema: str) -> None:
    assert said(load(item(schema, {"body": BODY}), "x")) == [
        ((), "", [(P, ("Fly high.",))]),
        (("Fees",), "#fees", [(P, ("It is £5.",))]),
    ]


def test_a_document_tells_where_it_comes_from() -> None:
    page = load(
        item(
            "answer",
            {"body": BODY},
            locale="cy",
            public_updated_at="2024-05-06T07:08:09+01:00",
            updated_at="2025-01-01T00:00:00Z",
            links={"organisations": [{"title": "Kite Office"}, {"title": "Wind Office"}, {}]},
        ),
        "x",
    )
    assert (page.url, page.title, page.summary) == (URL, "Kites", "All about kites")
    assert (page.updated, page.language) == ("2024-05-06", "cy")
    assert page.publisher == "Kite Office, Wind Office"


def test_the_date_is_that_of_the_last_edit_where_nothing_else_is_told() -> None:
    page = load(item("answer", {"body": BODY}, updated_at="2025-01-01T00:00:00Z"), "x")
    assert page.updated == "2025-01-01"


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (
            [
                {"content_type": "text/govspeak", "content": "Wrong"},
                {"content_type": "text/html", "content": "<p>Right</p>"},
            ],
            "Right",
        ),
        ([{"content_type": "text/govspeak", "content": "^Right^"}], "Right"),
    ],
)
def test_a_body_in_several_types_is_read_as_html_first(body: Any, text: str) -> None:
    assert said(load(item("answer", {"body": body}), "x")) == [((), "", [(P, (text,))])]


@pytest.mark.parametrize("schema", ["guide", "travel_advice"])
def test_parts_have_addresses_and_titles_of_their_own(schema: str) -> None:
    parts = [
        {"title": "Overview", "slug": "overview", "body": BODY},
        {
            "title": "How to  fly",
            "slug": "how",
            "body": [{"content_type": "text/html", "content": "<p>Run.</p>"}],
        },
        {"title": "Empty", "slug": "empty", "body": ""},
        "not a part",
    ]
    assert [one[:2] for one in said(load(item(schema, {"parts": parts}), "x"))] == [
        (("Overview",), "/overview"),
        (("Overview", "Fees"), "/overview#fees"),
        (("How to fly",), "/how"),
    ]


def test_travel_advice_begins_with_its_summary() -> None:
    page = load(item("travel_advice", {"summary": "<p>Take care.</p>", "parts": []}), "x")
    assert said(page) == [(("Summary",), "", [(P, ("Take care.",))])]


def test_a_publication_names_its_documents() -> None:
    attachments = [{"title": "Kite code", "url": "/a"}, {"title": "Form K1"}]
    page = load(item("publication", {"body": "<p>a</p>", "attachments": attachments}), "x")
    assert said(page)[1] == (("Documents",), "", [(L, ("Kite code", "Form K1"))])
    old = ['<section class="attachment"><h2 class="title"><a href="/a">Form K1</a></h2></section>']
    page = load(item("publication", {"body": "<p>a</p>", "documents": old}), "x")
    assert said(page)[1] == (("Documents",), "", [(L, ("Form K1",))])


def test_a_manual_lists_its_sections() -> None:
    groups = [
        {"child_sections": [{"title": "Wind", "description": "On wind"}, {"title": "Rain"}]},
        {"title": "More", "child_sections": [{"title": "Snow", "description": ""}]},
    ]
    page = load(item("hmrc_manual", {"child_section_groups": groups}), "x")
    assert said(page) == [
        (("Contents",), "#contents", [(L, ("Wind: On wind", "Rain"))]),
        (("More",), "#more", [(L, ("Snow",))]),
    ]


def test_a_collection_tells_of_the_documents_in_each_group() -> None:
    groups = [{"title": "Small kites", "body": "<p>For all.</p>", "documents": ["1", "2", "9"]}]
    links = {
        "documents": [
            {"content_id": "1", "title": "Box kites", "description": "How they fly"},
            {"content_id": "2", "title": "Old kites", "withdrawn": True},
        ]
    }
    page = load(item("document_collection", {"collection_groups": groups}, links=links), "x")
    assert said(page) == [
        (("Small kites",), "#small-kites", [(P, ("For all.",)), (L, ("Box kites: How they fly",))])
    ]


def test_a_transaction_is_read_in_the_order_of_its_page() -> None:
    details = {
        "introductory_paragraph": "<p>Apply.</p>",
        "more_information": "<p>Have your form.</p><h2 id='fees'>Fees</h2><p>£5.</p>",
        "what_you_need_to_know": "<ul><li>England only</li></ul>",
        "other_ways_to_apply": "<p>By post.</p>",
        "variants": [
            {"title": "Large kites", "slug": "large", "introductory_paragraph": "<p>Big.</p>"}
        ],
    }
    assert said(load(item("transaction", details), "x")) == [
        ((), "", [(P, ("Apply.",))]),
        (("What you need to know",), "", [(L, ("England only",))]),
        (("Before you start",), "", [(P, ("Have your form.",))]),
        (("Before you start", "Fees"), "#fees", [(P, ("£5.",))]),
        (("Other ways to apply",), "", [(P, ("By post.",))]),
        (("Large kites",), "/large", [(P, ("Big.",))]),
    ]


@pytest.mark.parametrize("schema", ["local_transaction", "place"])
def test_pages_above_a_search_by_postcode_are_read(schema: str) -> None:
    details = {
        "introduction": "<p>Ask your council.</p>",
        "need_to_know": "<ul><li>England only</li></ul>",
        "more_information": "<p>It is free.</p>",
    }
    texts = [block for *_, blocks in said(load(item(schema, details), "x")) for block in blocks]
    assert texts == [(P, ("Ask your council.",)), (L, ("England only",)), (P, ("It is free.",))]


def test_a_licence_is_read() -> None:
    details = {"licence_short_description": "To fly", "licence_overview": "<p>You must ask.</p>"}
    texts = [
        items for *_, blocks in said(load(item("licence", details), "x")) for _, items in blocks
    ]
    assert texts == [("To fly",), ("You must ask.",)]


def test_outcomes_of_a_smart_answer_stand_under_the_answer_that_leads_to_them() -> None:
    nodes = [
        {
            "kind": "question",
            "slug": "q1",
            "title": "How old are you?",
            "options": [
                {"label": "Under 16", "next_node": "no"},
                {"label": "16 or over", "next_node": "q2"},
            ],
        },
        {
            "kind": "question",
            "slug": "q2",
            "title": "Where?",
            "options": [
                {"label": "Park", "next_node": "yes"},
                {"label": "Beach", "next_node": "yes"},
                {"label": "Airport", "next_node": "no"},
            ],
        },
        {"kind": "outcome", "slug": "no", "title": "You cannot", "body": "<p>Wait.</p>"},
        {"kind": "outcome", "slug": "yes", "title": "You can", "body": "<p>Fly.</p>"},
    ]
    assert said(
        load(item("simple_smart_answer", {"body": "<p>Ask.</p>", "nodes": nodes}), "x")
    ) == [
        ((), "", [(P, ("Ask.",))]),
        (("You cannot",), "", [(P, ("Wait.",))]),
        (("Where? Park / Beach", "You can"), "", [(P, ("Fly.",))]),
    ]


def test_a_step_by_step_has_numbered_steps_and_the_pages_of_each() -> None:
    journey = {
        "title": "Fly",
        "introduction": [{"content_type": "text/html", "content": "<p>How to.</p>"}],
        "steps": [
            {
                "title": "Get a kite",
                "contents": [
                    {"type": "paragraph", "text": "You can:"},
                    {
                        "type": "list",
                        "contents": [
                            {"text": "Buy one", "href": "/buy", "context": "£5"},
                            {"text": "Build one"},
                        ],
                    },
                ],
            },
            {"title": "Borrow one", "logic": "or", "contents": []},
            {"title": "Run", "contents": [{"type": "paragraph", "text": "Fast."}]},
        ],
    }
    page = load(item("step_by_step_nav", {"step_by_step_nav": journey}), "x")
    assert said(page) == [
        ((), "", [(P, ("How to.",)), (S, ("Get a kite or Borrow one", "Run"))]),
        (("Get a kite",), "", [(P, ("You can:",)), (L, ("Buy one £5", "Build one"))]),
        (("Run",), "", [(P, ("Fast.",))]),
    ]
    assert page.sections[1].blocks[1].lead == "You can:"


def test_a_contact_gives_every_way_to_reach_it() -> None:
    details = {
        "phone_numbers": [
            {
                "title": "Kite line",
                "number": "0800 000 000",
                "textphone": "",
                "open_hours": "<p>Monday to Friday</p>\n",
                "description": "<p>Call about kites & wind.</p>",
            }
        ],
        "more_info_phone_number": "<p>Calls are free.</p>",
        "email_addresses": [{"title": "Kites", "email": "kites@kites.example "}],
        "post_addresses": [
            {
                "title": "Kite Office",
                "street_address": "1 High Street\r\nTop floor",
                "locality": "Leeds",
                "postal_code": "LS1 1AA",
            }
        ],
        "contact_form_links": [{"title": "Kite form", "link": "https://kites.example/form"}],
    }
    assert said(load(item("contact", details), "x")) == [
        (("Online",), "", [(P, ("Kite form",)), (L, ("https://kites.example/form",))]),
        (("Email",), "", [(P, ("Kites",)), (L, ("Email: kites@kites.example",))]),
        (
            ("Phone",),
            "",
            [
                (P, ("Kite line",)),
                (L, ("Telephone: 0800 000 000", "Monday to Friday")),
                (P, ("Call about kites & wind.",)),
                (P, ("Calls are free.",)),
            ],
        ),
        (
            ("Post",),
            "",
            [(P, ("Kite Office",)), (L, ("1 High Street, Top floor, Leeds, LS1 1AA",))],
        ),
    ]


def test_nations_are_those_the_page_is_stated_to_be_for() -> None:
    stated = {
        "england": {"label": "England", "applicable": True},
        "northern_ireland": {"label": "Northern Ireland", "applicable": False},
        "scotland": {"label": "Scotland", "applicable": False},
        "wales": {"label": "Wales", "applicable": True},
    }
    page = load(item("detailed_guide", {"body": BODY, "national_applicability": stated}), "x")
    assert page.nations == ("England", "Wales")
    elsewhere = {
        "introduction": "<p>x</p>",
        "scotland_availability": {"type": "devolved_administration_service"},
        "wales_availability": {"type": "unavailable"},
    }
    assert load(item("local_transaction", elsewhere), "x").nations == (
        "England",
        "Northern Ireland",
    )
    assert load(item("answer", {"body": BODY}), "x").nations == ()


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (item("gone"), "gone"),
        (item("redirect", redirects=[]), "redirect"),
        (item("answer", {"body": BODY}, document_type="gone"), "gone"),
        (item("answer", {"body": BODY}, withdrawn_notice={"explanation": "old"}), "withdrawn"),
        (item("answer", {"body": BODY}, withdrawn=True), "withdrawn"),
        (item("answer", {"body": BODY, "withdrawn_notice": {"x": 1}}), "withdrawn"),
        (item("homepage", {"body": BODY}), "not_guidance"),
        (item("news_article", {"body": BODY}), "not_guidance"),
        (item("completed_transaction", {"body": BODY}), "not_guidance"),
        (item("never_heard_of", {"body": BODY}), "not_guidance"),
        (item("publication", {"body": BODY}, document_type="foi_release"), "not_guidance"),
        (item("specialist_document", {"body": BODY}, document_type="cma_case"), "not_guidance"),
        (
            item(
                "html_publication",
                {"body": BODY},
                links={"parent": [{"document_type": "policy_paper"}]},
            ),
            "not_guidance",
        ),
        (item("guide", {"parts": []}), "no_text"),
        (item("answer", {"body": "<p> </p>"}), "no_text"),
        (item("step_by_step_nav", {"step_by_step_nav": {"introduction": "x"}}), "no_text"),
    ],
)
def test_what_is_no_guidance_is_left_out_with_a_reason(value: dict[str, Any], reason: str) -> None:
    with pytest.raises(NotGuidance) as caught:
        load(value, "kites.json")
    assert (caught.value.source, caught.value.reason) == ("kites.json", reason)


def test_an_empty_withdrawal_notice_is_none() -> None:
    assert load(item("answer", {"body": BODY}, withdrawn_notice={}), "x").title == "Kites"


@pytest.mark.parametrize("value", [None, [], {}, {"schema_name": "answer"}, {"base_path": "/x"}])
def test_what_is_no_item_is_refused(value: object) -> None:
    assert not matches(value)
    with pytest.raises(DocumentUnreadable, match="schema_name"):
        load(value, "x")


def test_an_item_without_a_title_is_refused() -> None:
    with pytest.raises(DocumentUnreadable, match="title"):
        load(item("answer", {"body": BODY}, title=" "), "x")


NAMES = st.sampled_from(
    [
        *("body", "parts", "title", "slug", "nodes", "options", "label", "next_node", "steps"),
        *("step_by_step_nav", "contents", "type", "text", "documents", "attachments", "variants"),
        *("child_section_groups", "child_sections", "collection_groups", "phone_numbers"),
        *("post_addresses", "email_addresses", "contact_form_links", "description", "number"),
        *("national_applicability", "england", "organisations", "content_type", "content"),
        *("introduction", "introductory_paragraph", "licence_overview", "summary", "parent"),
    ]
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.sampled_from(["", "<p>x</p>", "list", "a"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=25,
)


@given(st.sampled_from(sorted(READERS)), st.dictionaries(NAMES, JSON, max_size=5), JSON)
def test_no_shape_of_details_breaks_the_run(
    schema: str, details: dict[str, Any], links: Any
) -> None:
    value = json.loads(json.dumps(item(schema, details, links=links)))
    try:
        page = load(value, "x")
    except NotGuidance as left_out:
        reason = left_out.reason
    else:
        reason = "" if page.sections else "empty"
    assert reason in {"", "no_text"}
