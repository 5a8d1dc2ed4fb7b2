"""Welsh questions over pages in two languages: whose page is right, and what asks nothing."""

from dataclasses import replace

import pytest

from evaluation.welsh import own_questions, page_titles
from tests.fakes import page

ROOT = "https://www.pensionwise.gov.uk"
TAX = page(f"{ROOT}/cy/tax", "Treth", "Telir treth.", language="cy")


def test_a_title_asks_for_its_welsh_pages_only() -> None:
    twin = replace(TAX, url=f"{ROOT}/cy/tax_again")
    english = page(f"{ROOT}/en/tax", "Treth", "Tax is paid.")
    (asked,) = page_titles((english, TAX, twin))
    assert (asked.text, asked.pages) == ("Treth", (TAX.url, twin.url))


@pytest.mark.parametrize("title", ["Tax", f"{ROOT}/cy/tax"])
def test_a_title_made_of_the_address_asks_nothing(title: str) -> None:
    assert page_titles((replace(TAX, title=title),)) == ()


def test_own_questions_are_asked_where_a_welsh_page_answers() -> None:
    assert {asked.pages[0] for asked in own_questions((TAX,))} == {TAX.url}
    assert own_questions((replace(TAX, language="en"),)) == ()


def test_a_near_miss_is_left_out_and_a_follow_up_stands_alone() -> None:
    near = replace(TAX, url=f"{ROOT}/cy/your_pension_before_55")
    follow = replace(TAX, url=f"{ROOT}/cy/appointments")
    asked = {each.id: each.text for each in own_questions((near, follow))}
    assert "pension_wise/your_pension_before_55-8" not in asked
    assert asked["pension_wise/appointments-9"] == "Pa mor hir yw apwyntiad Pension Wise?"
