"""Starter pages: the anchors that citations point to, and nothing that could run."""

from hypothesis import given
from hypothesis import strategies as st

from api.pages.guidance import guidance_html
from knowledge.loaders.govspeak import html_of
from knowledge.loaders.markup import sections_of
from knowledge.loaders.outline import slugify


def test_anchors_are_those_that_citations_point_to() -> None:
    markdown = (
        "## What you *need*\n\nA.\n\n## Steps\n\nB.\n\n## Steps\n\nC.\n\n### 1. Then: go!\n\nD."
    )
    html = str(guidance_html(markdown, slugify))
    sections = sections_of(html_of(markdown), "/guidance/x", slugs=True)
    fragments = [section.url.partition("#")[2] for section in sections]
    assert fragments == ["what-you-need", "steps", "steps-1", "then-go"]
    for fragment in fragments:
        assert f'id="{fragment}"' in html


def test_headings_start_below_the_pages_own() -> None:
    html = str(guidance_html("# Title\n\n## Part", slugify))
    assert "<h1" not in html
    assert html.count("<h2") == 2


def test_markup_in_a_page_is_shown_and_not_run() -> None:
    html = str(guidance_html("<script>alert(1)</script>\n\nHi <b onclick=x>there</b>", slugify))
    assert "<script" not in html
    assert "<b" not in html
    assert "&lt;script&gt;" in html


@given(st.sampled_from(["javascript:alert(1)", "data:text/html,x", "vbscript:x", "//evil.example"]))
def test_links_lead_to_web_pages_only(address: str) -> None:
    assert "href" not in str(guidance_html(f"[go]({address}) [<{address}>](<{address}>)", slugify))
    assert 'href="https://a.example"' in str(guidance_html("[go](https://a.example)", slugify))


@given(st.text(max_size=200))
def test_any_text_renders_without_a_script(markdown: str) -> None:
    assert "<script" not in str(guidance_html(markdown, slugify)).lower()
