"""Summaries go with the very words they were written for, and with nothing else."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.chunking import passages_of
from knowledge.documents import (
    Block,
    BlockKind,
    Document,
    Passage,
    PlainSummary,
    Section,
    as_json,
    passage_from_json,
)
from knowledge.errors import SummariesInvalid
from knowledge.loading import load_source
from knowledge.readability import reading_age
from knowledge.summaries import (
    GivenSummary,
    SummaryReport,
    SummaryTying,
    section_digest,
    sections_of,
)
from knowledge.summary_files import blanks, read_summaries

URL = "https://a.example/kites"
RULES = (
    "Entitlement to fly a kite is conditional upon satisfactory completion of registration.",
    "Registration must be completed within 14 days of acquisition.",
)
EASY = "You must sign up within 14 days. Then you may fly your kite."


def page_of(
    *paragraphs: str, heading: str = "Rules", updated: str = "2025", language: str = "en"
) -> Document:
    blocks = tuple(Block(BlockKind.PARAGRAPH, (text,)) for text in paragraphs)
    other = Section(("Other",), f"{URL}#other", (Block(BlockKind.PARAGRAPH, ("Kites fly.",)),))
    section = Section((heading,), f"{URL}#rules", blocks)
    return Document(URL, "Kites", (section, other), updated=updated, language=language)


def cut(document: Document, limit: int = 220) -> tuple[Passage, ...]:
    return passages_of(document, limit=limit)


def digest_of(document: Document, limit: int = 220) -> str:
    return section_digest(next(sections_of(cut(document, limit))))


def given_for(document: Document, text: str = EASY, checked_by: str = "") -> GivenSummary:
    day = "2026-03-01" if checked_by else ""
    summary = PlainSummary(text, checked_by, day)
    return GivenSummary(f"{URL}#rules", digest_of(document), summary, "s.toml:1")


def tied(document: Document, *given: GivenSummary) -> tuple[tuple[Passage, ...], SummaryReport]:
    tying = SummaryTying(given)
    return tying.tie(cut(document)), tying.report()


def test_a_summary_goes_with_its_section_and_no_other() -> None:
    page = page_of(*RULES)
    passages, report = tied(page, given_for(page, checked_by="J. Evans, Kite Office"))
    assert [bool(p.plain) for p in passages] == [p.headings == ("Rules",) for p in passages]
    assert passages[0].plain == PlainSummary(EASY, "J. Evans, Kite Office", "2026-03-01")
    assert (report.kept, report.drafts, report.left_out) == (1, 0, ())


def test_every_passage_of_a_long_section_has_it() -> None:
    page = page_of(*RULES * 12)
    passages = SummaryTying([given_for(page)]).tie(cut(page, 40))
    assert len([p for p in passages if p.headings == ("Rules",)]) > 3
    assert all(p.plain for p in passages if p.headings == ("Rules",))


@pytest.mark.parametrize(
    "now",
    [
        page_of(RULES[0], RULES[1].replace("14", "28")),
        page_of(RULES[0]),
        page_of(*reversed(RULES)),
        page_of(*RULES, "Unless the kite is red."),
        page_of(*RULES, heading="Repealed rules"),
        page_of(RULES[0], RULES[1].replace("must", "may")),
    ],
)
def test_a_summary_of_changed_guidance_is_left_out_and_named(now: Document) -> None:
    passages, report = tied(now, given_for(page_of(*RULES)))
    assert not any(p.plain for p in passages)
    assert report.kept == 0
    (left_out,) = report.left_out
    assert left_out.reason == "changed"
    assert left_out.given.source == "s.toml:1"
    assert "digest" in left_out.why


def test_a_new_date_or_another_cut_does_not_lose_a_summary() -> None:
    page = page_of(*RULES * 4)
    assert digest_of(page) == digest_of(replace(page, updated="2026"), 40)
    _, report = tied(replace(page, updated="2026", publisher="Kite Office"), given_for(page))
    assert report.kept == 1


def test_a_summary_for_no_page_is_named() -> None:
    page = page_of(*RULES)
    elsewhere = replace(given_for(page), url="https://b.example/#rules")
    _, report = tied(page, elsewhere)
    assert [each.reason for each in report.left_out] == ["missing"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("You must sign up in 15 days.", "numbers"),
        ("You must pay £3.", "numbers"),
        ("Entitlement notwithstanding, registration obligations necessitate completion.", "harder"),
    ],
)
def test_what_says_more_or_reads_no_easier_is_left_out(text: str, reason: str) -> None:
    page = page_of(*RULES)
    passages, report = tied(page, given_for(page, text))
    assert [each.reason for each in report.left_out] == [reason]
    assert not any(p.plain for p in passages)


@given(st.lists(st.sampled_from(["kept", "changed", "missing", "numbers"]), max_size=6))
def test_every_summary_is_kept_or_named(kinds: list[str]) -> None:
    page = page_of(*RULES)
    right = given_for(page)
    made = {
        "kept": right,
        "changed": replace(right, section="0" * 64),
        "missing": replace(right, url="https://b.example"),
        "numbers": replace(right, summary=PlainSummary("Pay 99.")),
    }
    _, report = tied(page, *(made[kind] for kind in kinds))
    assert report.kept + len(report.left_out) == len(kinds)
    assert report.kept <= 1


def test_a_passage_without_summary_keeps_its_digest_and_reads_back() -> None:
    page = page_of(*RULES)
    (bare, *_), (held, *_) = cut(page), tied(page, given_for(page))[0]
    assert "plain" not in as_json(bare)
    assert passage_from_json(as_json(bare)) == bare
    assert passage_from_json(as_json(held)) == held
    assert bare.digest != held.digest


# ---- files ---------------------------------------------------------------------------------

GOOD = f'''
[[summary]]
url = "{URL}#rules"
section = "{"a" * 64}"
text = "Sign up first."
checked_by = "J. Evans"
checked_on = "2026-03-01"
'''


def read(folder: Path, text: str) -> tuple[GivenSummary, ...]:
    path = folder / "summaries.toml"
    path.write_text(text, encoding="utf-8")
    return read_summaries(path)


def test_a_file_is_read(tmp_path: Path) -> None:
    (given,) = read(tmp_path, GOOD)
    assert given.summary == PlainSummary("Sign up first.", "J. Evans", "2026-03-01")
    assert given.source.endswith("summaries.toml:2")
    assert read(tmp_path, "# nothing yet\n") == ()


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('text = "Sign up first."', "", '"text" is missing'),
        ('text = "Sign up first."', 'text = " "', "write the summary"),
        ('text = "Sign up first."', 'text = "See https://x.example"', "link"),
        ('text = "Sign up first."', f'text = "{"word " * 121}"', "121 words"),
        ('text = "Sign up first."', 'text = "Sign."\nlink = "x"', '"link" is not known'),
        ('checked_by = "J. Evans"', 'checked_by = ""', "together"),
        ('checked_on = "2026-03-01"', 'checked_on = ""', "together"),
        ('checked_on = "2026-03-01"', 'checked_on = "March"', "2026-03-01"),
        ('checked_on = "2026-03-01"', "checked_on = 2026-03-01", "no text"),
        (f'section = "{"a" * 64}"', 'section = "a"', "blanks"),
        (f'url = "{URL}#rules"', 'url = ""', "address"),
    ],
)
def test_a_mistake_is_told_with_its_line(tmp_path: Path, old: str, new: str, says: str) -> None:
    assert old in GOOD
    other = GOOD.replace("#rules", "#other")
    with pytest.raises(SummariesInvalid, match=says) as told:
        read(tmp_path, other + GOOD.replace(old, new))
    assert told.value.line == other.count("\n") + 2


def test_two_summaries_of_one_section_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SummariesInvalid, match="above"):
        read(tmp_path, GOOD + GOOD)


@pytest.mark.parametrize("text", ["[[summary]\n", "summary = 3\n", "[other]\n", "summary = [3]\n"])
def test_what_is_no_file_of_summaries_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(SummariesInvalid):
        read(tmp_path, text)
    with pytest.raises(SummariesInvalid, match="cannot be read"):
        read_summaries(tmp_path / "absent.toml")


def test_blanks_are_filled_in_and_kept(tmp_path: Path) -> None:
    page = page_of(*RULES)
    forms = blanks(cut(page), 11)
    assert forms.count("[[summary]]") == 1
    assert RULES[0] in forms
    given = read(tmp_path, forms.replace('text = ""', f'text = "{EASY}"'))
    passages, report = tied(page, *given)
    assert (report.kept, report.drafts) == (1, 1)
    assert blanks(passages, 11) == ""


# ---- the bundled ones ----------------------------------------------------------------------

FOLDER = Path(passages_of.__code__.co_filename).parent / "starter"


def starter_passages() -> list[Passage]:
    return [
        passage
        for path in sorted((FOLDER / "pages").glob("*.md"))
        for document in load_source(path.read_bytes(), str(path))
        if isinstance(document, Document)
        for passage in passages_of(document)
    ]


def test_every_bundled_summary_still_has_its_section_and_is_plain() -> None:
    given = read_summaries(FOLDER / "summaries.toml")
    assert len(given) >= 25
    tying = SummaryTying(given)
    by_page: dict[str, list[Passage]] = {}
    for passage in starter_passages():
        by_page.setdefault(passage.document_url, []).append(passage)
    for passages in by_page.values():
        tying.tie(tuple(passages))
    report = tying.report()
    assert report.left_out == ()
    assert report.kept == len(given)
    for each in given:
        age = reading_age(each.summary.text)
        assert age is not None, each.url
        assert age <= 11, (each.url, age)


def test_nobody_is_said_to_have_checked_a_bundled_summary() -> None:
    """Nobody outside has: whoever signs one changes this test with it."""
    assert not any(each.summary.checked for each in read_summaries(FOLDER / "summaries.toml"))
