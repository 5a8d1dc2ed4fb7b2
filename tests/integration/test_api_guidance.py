"""Bundled starter pages: labelled as a starter, anchored, safe."""

from dataclasses import replace

from api.parts import GuidancePage
from tests.web_parts import PAGE, client


def test_a_starter_page_says_what_it_is_and_links_the_official_one() -> None:
    with client() as http:
        html = http.get("/guidance/passport-photos").text
        assert "Starter page" in html
        assert "It is not the official page." in html
        assert 'href="https://www.example.gov.test/photos-for-passports"' in html
        assert "Written from text of January 2025." in html
        assert "Nobody has checked it" in html
        assert 'id="digital-or-printed"' in html
        assert "<table" in html


def test_a_review_is_named() -> None:
    reviewed = replace(PAGE, reviewed_by="A. Reader")
    with client(guidance={"x": reviewed}.get) as http:
        html = http.get("/guidance/x").text
        assert "Checked by A. Reader." in html
        assert "Nobody has checked" not in html


def test_a_page_in_welsh_says_so_to_screen_readers() -> None:
    welsh = replace(PAGE, language="cy")
    with client(guidance={"x": welsh}.get) as http:
        assert '<div class="app-guidance" lang="cy">' in http.get("/guidance/x").text


def test_markup_and_odd_addresses_in_a_page_stay_text() -> None:
    hostile = GuidancePage(
        slug="x",
        title="<b>Title</b>",
        summary="<img src=x>",
        markdown='<script>alert(1)</script>\n\n[a](javascript:alert(1)) [b](/x"onclick="y)',
        official_url="javascript:alert(2)",
        official_title="Official",
        relied_on="",
        publisher="",
    )
    with client(guidance={"x": hostile}.get) as http:
        html = http.get("/guidance/x").text
        assert "<script>alert" not in html
        assert "javascript:" not in html.replace("[a](javascript:alert(1))", "")
        assert "<b>Title" not in html
        assert "<img" not in html
        assert '"onclick=' not in html


def test_an_unknown_page_is_a_404() -> None:
    with client() as http:
        assert http.get("/guidance/nothing").status_code == 404
