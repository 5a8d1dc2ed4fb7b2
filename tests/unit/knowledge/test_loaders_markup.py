"""HTML becomes headings, paragraphs, lists, steps and tables; furniture and hidden text go."""

import time
from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from knowledge.documents import Block, BlockKind, Section
from knowledge.loaders.markup import sections_of
from knowledge.loaders.outline import lead_of, slugify

URL = "https://www.gov.uk/thing"


def paragraph(text: str) -> Block:
    return Block(BlockKind.PARAGRAPH, (text,))


def blocks(markup: str) -> list[Block]:
    return [block for section in sections_of(markup, URL) for block in section.blocks]


def outline(markup: str, **options: bool) -> list[tuple[tuple[str, ...], str]]:
    return [
        (section.headings, section.url.removeprefix(URL))
        for section in sections_of(dedent(markup), URL, **options)
    ]


def said(section: Section) -> list[str]:
    return [item for block in section.blocks for item in block.items]


def test_headings_make_a_path_and_an_address() -> None:
    markup = """
        <p>Intro</p>
        <h2 id="who">Who can  get it</h2><p>You</p>
        <h4 id="deep">Deep</h4><p>Down</p>
        <h3 id="age">Age</h3><p>18</p>
        <h2>Next <em>one</em></h2><p>Then</p>
        """
    assert outline(markup) == [
        ((), ""),
        (("Who can get it",), "#who"),
        (("Who can get it", "Deep"), "#deep"),
        (("Who can get it", "Age"), "#age"),
        (("Next one",), ""),
    ]


def test_a_heading_without_an_id_has_its_parents_address() -> None:
    assert outline("<h2 id='a'>A</h2><h3>B</h3><p>x</p>") == [(("A", "B"), "#a")]


def test_slugs_are_made_where_asked_and_numbered_when_repeated() -> None:
    markup = "<h2>Pay</h2><p>x</p><h2>Pay</h2><p>y</p><h3 id='own'>Own</h3><p>z</p>"
    assert [url for _, url in outline(markup, slugs=True)] == ["#pay", "#pay-1", "#own"]


@pytest.mark.parametrize(
    ("heading", "slug"),
    [
        ("If you’re employed", "if-youre-employed"),
        ("2024 to 2025: rates & bands", "to-2025-rates--bands"),
        ("Cysylltu â ni", "cysylltu--ni"),
        ("Before-and-after", "before-and-after"),
        ("١٢٣", "section"),
        ("", "section"),
    ],
)
def test_slugs_are_those_of_gov_uk(heading: str, slug: str) -> None:
    assert slugify(heading) == slug


def test_headings_given_stand_above_all() -> None:
    sections = sections_of("<p>a</p><h2>H</h2><p>b</p>", URL + "/part", ("Part",))
    assert sections == (
        Section(("Part",), URL + "/part", (paragraph("a"),)),
        Section(("Part", "H"), URL + "/part", (paragraph("b"),)),
    )


def test_white_space_is_folded_and_typography_kept() -> None:
    assert blocks("<p>You’ll\u00a0pay\n  £1 – ‘now’\t<a href='/x'>here</a>.</p>") == [
        paragraph("You’ll pay £1 – ‘now’ here.")
    ]


def test_marks_of_no_width_go() -> None:
    assert blocks("<p>\u200bEvery\u200b school\ufeff, co\u00adoperating</p>") == [
        paragraph("Every school, cooperating")
    ]


def test_text_outside_paragraphs_is_kept_in_its_place() -> None:
    assert blocks("one <b>two</b><p>three</p>four<div>five<p>six</p>seven</div>") == [
        paragraph(text) for text in ("one two", "three", "four", "five", "six", "seven")
    ]


def test_blocks_inside_inline_elements_are_found() -> None:
    assert blocks("<span>a<p>b</p><i>c</i></span>") == [paragraph(text) for text in "abc"]


def test_a_list_is_led_by_a_paragraph_that_does_not_come_to_an_end() -> None:
    listed = "<ul><li>one</li><li>two</li></ul>"
    items = ("one", "two")
    assert blocks("<p>You need:</p>" + listed)[1] == Block(BlockKind.LIST, items, "You need:")
    assert blocks("<p>It depends on</p>" + listed)[1] == Block(
        BlockKind.LIST, items, "It depends on"
    )
    assert blocks("<p>You need it.</p>" + listed)[1] == Block(BlockKind.LIST, items)
    assert blocks("<p>You need:</p><h2>H</h2>" + listed)[1] == Block(BlockKind.LIST, items)


def test_a_long_lead_is_its_last_sentence() -> None:
    long = "It is a long story about many things that happened to many people. " * 3
    assert lead_of(f"{long}You must have:") == "You must have:"
    assert lead_of("Short story. You must have:") == "Short story. You must have:"
    assert lead_of("He said “no.”") == ""


def test_nested_lists_become_blocks_led_by_the_item_above() -> None:
    markup = """
        <p>You need:</p>
        <ul><li>a form</li><li>one of:<ul><li>passport</li><li>licence</li></ul></li>
        <li>a photo</li></ul>"""
    assert blocks(markup) == [
        paragraph("You need:"),
        Block(BlockKind.LIST, ("a form", "one of:"), "You need:"),
        Block(BlockKind.LIST, ("passport", "licence"), "one of:"),
        Block(BlockKind.LIST, ("a photo",), "You need:"),
    ]


def test_steps_keep_their_numbers_when_something_stands_between() -> None:
    markup = "<ol><li><p>Go.</p></li><li>Choose:<ul><li>x</li></ul></li><li>Pay.</li></ol>"
    assert blocks(markup) == [
        Block(BlockKind.STEPS, ("Go.", "Choose:")),
        Block(BlockKind.LIST, ("x",), "Choose:"),
        Block(BlockKind.STEPS, ("Pay.",), first=3),
    ]
    assert blocks("<ol start='4'><li>x</li></ol>") == [Block(BlockKind.STEPS, ("x",), first=4)]


@pytest.mark.parametrize(
    ("last", "rest", "joined"),
    [
        ("the first day of your", "course", True),
        ("the first day of your", "Course", False),
        ("the first day", "course", False),
        ("the first day of your.", "course", False),
    ],
)
def test_the_rest_of_a_list_item_goes_to_it_and_the_list_goes_on(
    last: str, rest: str, joined: bool
) -> None:
    markup = f"<p>If:</p><ul><li>{last}</li></ul><p>{rest}</p><ul><li>you fly</li></ul>"
    apart = [
        Block(BlockKind.LIST, (last,), "If:"),
        paragraph(rest),
        Block(BlockKind.LIST, ("you fly",), rest),
    ]
    whole = [
        Block(BlockKind.LIST, (f"{last} {rest}",), "If:"),
        Block(BlockKind.LIST, ("you fly",), "If:"),
    ]
    assert blocks(markup)[1:] == (whole if joined else apart)


def test_a_heading_left_as_marks_is_a_heading() -> None:
    found = sections_of("<p>a</p><p>##Pay</p><p>b</p><p># 1 fan</p>", URL)
    assert [(section.headings, section.blocks) for section in found] == [
        ((), (paragraph("a"),)),
        (("Pay",), (paragraph("b"), paragraph("# 1 fan"))),
    ]


def test_signs_alone_are_no_text() -> None:
    assert blocks("<p>&lt;</p><ul><li>–</li></ul><p>5</p>") == [paragraph("5")]


def test_a_list_item_of_several_paragraphs_is_one_item() -> None:
    assert blocks("<ul><li><p>a</p><p>b</p></li></ul>") == [Block(BlockKind.LIST, ("a b",))]


def test_the_text_of_an_item_is_one_however_it_is_wrapped() -> None:
    markup = "<ul><li>a<div>b<ul><li>x</li></ul></div>c</li></ul>"
    assert blocks(markup) == [
        Block(BlockKind.LIST, ("a b",)),
        Block(BlockKind.LIST, ("x",), "a b"),
        paragraph("c"),
    ]


def test_a_list_directly_in_a_list_is_not_lost() -> None:
    assert blocks("<ul><li>a</li><ul><li>b</li></ul></ul>") == [
        Block(BlockKind.LIST, ("a",)),
        Block(BlockKind.LIST, ("b",), "a"),
    ]


def test_tables_have_headings_rows_and_a_caption() -> None:
    markup = """
        <table><caption>Rates</caption>
        <thead><tr><th>Age</th><th>Pay</th></tr></thead>
        <tbody><tr><th>18</th><td>£10</td></tr><tr><td>21</td><td></td></tr></tbody></table>"""
    assert blocks(markup) == [
        paragraph("Rates"),
        Block(BlockKind.TABLE, ("18 | £10", "21"), "Rates", ("Age", "Pay")),
    ]


def test_cells_that_span_rows_are_said_in_each_and_headings_span_columns() -> None:
    markup = """
        <table><tr><th rowspan="2">Age</th><th colspan="2">Pay</th></tr>
        <tr><th>week</th><th>year</th></tr>
        <tr><td rowspan="2">18</td><td>£1</td><td>£52</td></tr>
        <tr><td>£2</td><td>£104</td></tr>
        <tr><td colspan="2">none</td><td>£0</td></tr></table>"""
    table = markup.replace("<table><tr>", "<table><thead><tr>").replace(
        "year</th></tr>", "year</th></tr></thead>"
    )
    assert blocks(table) == [
        Block(
            BlockKind.TABLE,
            ("18 | £1 | £52", "18 | £2 | £104", "none |  | £0"),
            "",
            ("Age", "Pay week", "Pay year"),
        )
    ]


def test_a_first_row_of_headings_is_the_header_and_a_lone_row_is_not() -> None:
    row = "<tr><th>A</th><th>B</th></tr>"
    assert blocks(f"<table>{row}<tr><td>1</td><td>2</td></tr></table>") == [
        Block(BlockKind.TABLE, ("1 | 2",), "", ("A", "B"))
    ]
    assert blocks(f"<table>{row}</table>") == [Block(BlockKind.TABLE, ("A | B",))]


def test_a_list_in_a_cell_stays_in_its_row() -> None:
    assert blocks("<table><tr><td>x<ul><li>a</li><li>b</li></ul></td><td>y</td></tr></table>") == [
        Block(BlockKind.TABLE, ("x a; b | y",))
    ]


def test_a_column_without_any_text_is_left_out() -> None:
    markup = """<table><thead><tr><th></th><th>Kite</th><th></th><th>Pay</th></tr></thead>
        <tr><td><img></td><td>box</td><td></td><td>£1</td></tr>
        <tr><td></td><td></td><td></td><td>£2</td></tr></table>"""
    assert blocks(markup) == [Block(BlockKind.TABLE, ("box | £1", "| £2"), "", ("Kite", "Pay"))]


def test_hostile_spans_do_not_make_a_huge_table() -> None:
    cell = "<td rowspan='99999999999' colspan='1000000'>x</td>"
    (block,) = blocks(f"<table><tr>{cell}</tr><tr>{cell}</tr></table>")
    assert sum(map(len, block.items)) < 1000


def test_definition_lists_keep_terms_with_their_meaning() -> None:
    markup = "<dl><dt>Fee</dt><dd>£5</dd><dd>£6 late</dd><dt>Time:</dt><dd>a week</dd></dl>"
    assert blocks(markup) == [
        Block(BlockKind.LIST, ("Fee: £5", "Fee: £6 late", "Time: a week")),
    ]


def test_a_definition_list_within_another_is_said_once() -> None:
    markup = "<dl><dt>Fee</dt><dd>£5<dl><dt>Late</dt><dd>£6</dd></dl></dd></dl>"
    assert blocks(markup) == [Block(BlockKind.LIST, ("Fee: £5 Late £6",))]


def test_contacts_are_a_name_and_lines_that_it_leads() -> None:
    markup = """
        <div class="contact"><p><strong>Help line</strong><br>
        Telephone: 0300 000 0000<br>Monday to Friday, 9am
        to 5pm</p></div>"""
    expected = [
        paragraph("Help line"),
        Block(
            BlockKind.LIST,
            ("Telephone: 0300 000 0000", "Monday to Friday, 9am to 5pm"),
            "Help line",
        ),
    ]
    assert blocks(markup) == expected
    assert blocks(markup.replace(' class="contact"', "")) == expected


def test_addresses_are_one_line() -> None:
    lines = "Form Office<br>PO Box 1,<br>Leeds<br>LS1 1AA<br>"
    address = paragraph("Form Office, PO Box 1, Leeds, LS1 1AA")
    assert blocks(f'<div class="address"><div class="adr org fn"><p>{lines}</p></div></div>') == [
        address
    ]
    assert blocks(f"<p>{lines}</p>") == [address]


def test_an_address_is_led_by_the_words_that_say_what_it_is_for() -> None:
    place = "<div class='address'>Dover Office<br>Dover<br>DV1 1AA</div>"
    line = ("Dover Office, Dover, DV1 1AA",)
    assert blocks("<p>Write to:</p>" + place)[1] == Block(BlockKind.LIST, line, "Write to:")
    assert blocks("<p>Write to us.</p>" + place)[1] == Block(BlockKind.PARAGRAPH, line)


def test_line_breaks_part_paragraphs_unless_the_sentence_goes_on() -> None:
    assert blocks("<p>First thing.<br>Second thing<br/>goes on.</p>") == [
        paragraph("First thing."),
        paragraph("Second thing goes on."),
    ]


@pytest.mark.parametrize(
    "call_out",
    [
        '<div class="call-to-action"><p>Say it</p></div>',
        '<div role="note" aria-label="Information" class="application-notice info-notice">'
        "<p>Say it</p></div>",
        '<div class="summary"><p>Say it</p></div>',
        '<section class="example"><p>Say it</p></section>',
        "<blockquote><p>Say it</p></blockquote>",
        "<figure><img src='x' alt='y'><figcaption>Say it</figcaption></figure>",
        "<center>Say it</center>",
    ],
)
def test_call_outs_and_captions_are_text_in_their_place(call_out: str) -> None:
    assert blocks(f"<p>a</p>{call_out}<p>b</p>") == [
        paragraph(text) for text in ("a", "Say it", "b")
    ]


def test_details_have_a_heading_of_their_own_and_then_the_page_goes_on() -> None:
    markup = "<h2 id='h'>H</h2><p>a</p><details><summary>More</summary><p>b</p></details><p>c</p>"
    assert outline(markup) == [(("H",), "#h"), (("H", "More"), "#h"), (("H",), "#h")]


@pytest.mark.parametrize(
    ("box", "title"),
    [
        ("<p>Example</p><p>Your pot is £9.</p>", "Example"),
        ("<p><strong>Enghraifft:</strong><br>Your pot is £9.</p>", "Enghraifft"),
        ("<p><b>Worked example</b> Your pot is £9.</p>", "Worked example"),
    ],
)
def test_an_example_stands_under_its_title_to_its_end(box: str, title: str) -> None:
    markup = f"<h2>Tax</h2><p>a</p><div class='example'>{box}<h3>At 70</h3><p>b</p></div><p>c</p>"
    assert [(section.headings, said(section)) for section in sections_of(markup, URL)] == [
        (("Tax",), ["a"]),
        (("Tax", title), ["Your pot is £9."]),
        (("Tax", title, "At 70"), ["b"]),
        (("Tax",), ["c"]),
    ]


@pytest.mark.parametrize(
    ("box", "text"),
    [
        ("<p>If you earn £9 you’ll pay:</p>", ["If you earn £9 you’ll pay:"]),
        ("<p>You pay.</p><p>b</p>", ["You pay.", "b"]),
        ("<p>Say it</p>", ["Say it"]),
        ("Say <p>it</p>", ["Say", "it"]),
        ("", []),
    ],
)
def test_an_example_without_a_title_is_text_in_its_place(box: str, text: list[str]) -> None:
    found = sections_of(f"<p>a</p><div class='example'>{box}</div>", URL)
    assert [(section.headings, said(section)) for section in found] == [((), ["a", *text])]


def test_a_heading_that_is_none_on_the_page_has_no_address() -> None:
    markup = "<h2>Tax</h2><div class='example'><p>Example</p><p>b</p></div>"
    assert [section.url for section in sections_of(markup, URL, slugs=True)] == [f"{URL}#tax"]


def test_footnotes_stand_apart_and_their_marks_go() -> None:
    markup = """
        <p>It is so<sup id="fnref:1"><a href="#fn:1" class="footnote">1</a></sup>, by m<sup>2</sup>.
        </p><div class="footnotes"><ol><li id="fn:1"><p>As said.
        <a href="#fnref:1" class="reversefootnote">↩</a></p></li></ol></div><p>End</p>"""
    sections = sections_of(markup, URL)
    assert [section.headings for section in sections] == [(), ("Footnotes",), ()]
    assert [section.blocks[0].items for section in sections] == [
        ("It is so, by m2.",),
        ("As said.",),
        ("End",),
    ]


@pytest.mark.parametrize(
    "furniture",
    [
        "<script>alert('bad')</script>",
        "<style>p {}</style>",
        "<nav><ul><li>bad</li></ul></nav>",
        "<form><p>bad</p></form>",
        "<p hidden>bad</p>",
        "<div aria-hidden='true'><p>bad</p></div>",
        "<p style='color:red; DISPLAY : none'>bad</p>",
        "<span class='govuk-visually-hidden'>bad</span>",
        "<!-- bad -->",
        "<?bad bad?>",
        "<template><p>bad</p></template>",
        "<noscript>bad</noscript>",
        "<a role='button' href='/x'>bad</a>",
        "<ul><li hidden>bad</li></ul>",
    ],
)
def test_furniture_and_hidden_text_are_not_read(furniture: str) -> None:
    assert blocks(f"<p>a</p>{furniture}<p>b</p>") == [paragraph("a"), paragraph("b")]


@pytest.mark.parametrize(
    "markup", ["", " \n", "<p></p>", "<!-- -->", "<ul></ul>", "<table></table>", "<h2>only</h2>"]
)
def test_nothing_said_makes_no_sections(markup: str) -> None:
    assert sections_of(markup, URL) == ()


@pytest.mark.parametrize(
    "unit", ["<div>", "<ul><li>", "<b>", "<table><tr><td>", "<details><summary>", "<blockquote>a"]
)
def test_deeply_nested_pages_are_read(unit: str) -> None:
    markup = unit * 3000 + "deep down"
    sections_of(markup, URL)


def test_a_whole_page_is_accepted() -> None:
    page = "<?xml version='1.0' encoding='utf-8'?><!doctype html><html><head><title>T</title>"
    assert blocks(page + "</head><body><p>a\x00b</p></body></html>") == [paragraph("a b")]


TAGS = st.sampled_from(
    [
        "p",
        "div",
        "ul",
        "ol",
        "li",
        "table",
        "tr",
        "td",
        "th",
        "thead",
        "caption",
        "h1",
        "h2",
        "h3",
        "dl",
        "dt",
        "dd",
        "details",
        "summary",
        "br",
        "b",
        "sup",
        "a",
        "blockquote",
        "figure",
        "script",
        "form",
        "section",
    ]
)
CLASSES = st.sampled_from(["", " class='contact'", " class='address'", " class='footnotes'"])
WORDS = st.text(st.sampled_from("ab .:£’\n\x00\ud800<>&"), max_size=6)
TREES = st.recursive(
    WORDS,
    lambda inner: st.builds(
        lambda tag, kind, parts: f"<{tag}{kind}>{''.join(parts)}</{tag}>",
        TAGS,
        CLASSES,
        st.lists(inner, max_size=4),
    ),
    max_leaves=20,
)


@given(TREES)
def test_any_text_at_all_is_read_and_every_item_is_clean(markup: str) -> None:
    for block in blocks(markup):
        assert any(item for item in block.items)
        for item in block.items:
            assert item == item.strip()
            assert "\n" not in item
            assert "\x1e" not in item


VISIBLE = st.text(st.sampled_from("abcdefgh"), min_size=1, max_size=4)
PLAIN_TREES = st.recursive(
    VISIBLE,
    lambda inner: st.builds(
        lambda tag, parts: f"<{tag}>{' '.join(parts)}</{tag}>",
        st.sampled_from(["p", "div", "ul", "li", "b", "section", "blockquote", "em"]),
        st.lists(inner, min_size=1, max_size=4),
    ),
    max_leaves=20,
)


@given(PLAIN_TREES)
def test_every_visible_word_is_said_once_and_in_order(markup: str) -> None:
    words = html.fragment_fromstring(markup, create_parent="div").text_content().split()
    said = [word for block in blocks(markup) for item in block.items for word in item.split()]
    assert "".join(said) == "".join(words)


@pytest.mark.parametrize("unit", ["a@", "a@a.", "<p>x", "<br>0800 ", "<", "&amp;", "<sup><a>"])
def test_hostile_pages_take_time_in_proportion(unit: str) -> None:
    start = time.process_time()
    sections_of("<p>" + unit * (40_000 // len(unit)), URL)
    assert time.process_time() - start < 3
