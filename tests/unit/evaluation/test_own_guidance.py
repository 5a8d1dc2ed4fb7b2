"""Questions over a data folder's guidance pages: read, held to their pages, kept apart."""

import json
import re
from collections import Counter
from pathlib import Path

import pytest

from evaluation import own_questions
from evaluation.cases import AnswerGiven, CitedSection
from evaluation.errors import DataMissing, DataUnreadable
from evaluation.own_evaluation import ask_own
from evaluation.own_questions import (
    FILES,
    FOLDER,
    GUIDANCE_FILES,
    HALVES,
    OwnQuestion,
    OwnQuestions,
    guidance_documents,
    half_of,
    load_guidance_questions,
    load_questions,
    resolve,
    segment_digest,
    stale,
)
from tests.unit.evaluation.data_folder import page

BEES = "https://www.gov.uk/guidance/bees"
PENSION = "https://www.pensionwise.gov.uk/en/summary/pots"
PENSIWN = "https://www.pensionwise.gov.uk/cy/summary/pots"
TEACH = "https://getintoteaching.education.gov.uk/train/routes"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Return a data folder with a page for each collection, and a Welsh one."""
    written = {
        "content_pages": [page("Bees", "/guidance/bees", "You can keep bees.\n\nThe fee is £20.")],
        "get_into_teaching": [
            {"page": "train/routes", "title": "Routes", "body_markdown": "Choose one."}
        ],
        "pension_wise_en_cy": [
            {"page": "summary/pots", "locale": locale, "label": "Pots", "body_markdown": body}
            for locale, body in (("cy", "Mae gennych botiau."), ("en", "You have pots."))
        ],
    }
    for name, pages in written.items():
        folder = tmp_path / "govuk" / name
        folder.mkdir(parents=True)
        lines = (json.dumps(each) + "\n" for each in pages)
        (folder / "pages.jsonl").write_text("".join(lines))
    return tmp_path


def line(**changes: object) -> dict[str, object]:
    return {
        "answerable": True,
        "collection": "content_pages",
        "evidence": [segment_digest("The fee is £20.")],
        "id": "content_pages/guidance.bees-1",
        "kind": "plain",
        "page": BEES,
        "text": "What do I pay?",
        **changes,
    }


def write(folder: Path, *lines: dict[str, object], name: str = GUIDANCE_FILES[0]) -> Path:
    folder.mkdir(exist_ok=True)
    for each in (*FILES, *GUIDANCE_FILES):
        (folder / each).touch()
    (folder / name).write_text("".join(json.dumps(each) + "\n" for each in lines))
    return folder


def test_pages_are_known_by_address_in_both_languages(data: Path) -> None:
    assert set(guidance_documents(data)) == {BEES, TEACH, PENSION, PENSIWN}
    (data / "govuk" / "pension_wise_en_cy" / "pages.jsonl").unlink()
    with pytest.raises(DataMissing, match="pension_wise_en_cy"):
        guidance_documents(data)


@pytest.mark.parametrize(
    ("collection", "address", "name", "answer"),
    [
        ("content_pages", BEES, "content_pages/guidance.bees-1", "You can keep bees."),
        ("get_into_teaching", TEACH, "get_into_teaching/train/routes-1", "Choose one."),
        ("pension_wise", PENSION, "pension_wise/summary/pots-1", "You have pots."),
        ("pension_wise", PENSIWN, "pension_wise/summary/pots-1", "Mae gennych botiau."),
    ],
)
def test_evidence_is_found_in_the_page_of_each_collection(
    tmp_path: Path, data: Path, collection: str, address: str, name: str, answer: str
) -> None:
    asked = line(collection=collection, page=address, id=name, evidence=[segment_digest(answer)])
    loaded = load_guidance_questions(write(tmp_path / "questions", asked))
    assert resolve(loaded.questions, guidance_documents(data)) == {name: (answer,)}
    assert loaded.questions[0].half == half_of(address)


def test_what_no_longer_stands_in_a_page_is_listed(tmp_path: Path, data: Path) -> None:
    gone = segment_digest("The fee is £19.")
    folder = write(
        tmp_path / "questions",
        line(evidence=[gone]),
        line(id="content_pages/wasps-1", page="https://www.gov.uk/wasps", text="Wasps?"),
        line(id="content_pages/guidance.bees-2", also=["https://www.gov.uk/ants"], text="Fee?"),
    )
    loaded = load_guidance_questions(folder)
    assert stale(loaded.questions, guidance_documents(data)) == (
        ("content_pages/guidance.bees-1", f"no segment of '{BEES}' has the digest {gone[:12]}…"),
        ("content_pages/wasps-1", "there is no page 'https://www.gov.uk/wasps'"),
        ("content_pages/guidance.bees-2", "there is no page 'https://www.gov.uk/ants'"),
    )


def test_the_command_needs_the_pages_to_list_stale_guidance_questions(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert own_questions.main([]) == 0
    assert own_questions.main(["--data", str(data)]) == 1
    listed = capsys.readouterr().out.splitlines()
    assert {one.split("\t")[0] for one in listed} == {
        question.id for question in load_guidance_questions().questions
    }


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"collection": "starter"}, "collection"),
        ({"collection": "pension_wise"}, "a page of pension_wise begins with https://www.pension"),
        (
            {"collection": "pension_wise", "page": "https://www.pensionwise.gov.uk/fr/pots"},
            "begins with https://www.pensionwise.gov.uk/en/ or https://www.pensionwise.gov.uk/cy/",
        ),
        ({"page": "bees", "id": "content_pages/bees-1"}, "begins with https://www.gov.uk/"),
        ({"id": "content_pages/guidance/bees-1"}, "the id must be 'content_pages/guidance.bees'"),
        ({"id": "guidance.bees-1"}, "the id must be 'content_pages/guidance.bees'"),
        ({"out_of_scope": True, "page": ""}, "begins with https://www.gov.uk/"),
        ({"evidence": []}, "evidence goes with answerable only"),
    ],
)
def test_a_line_that_is_wrong_is_named(
    tmp_path: Path, changes: dict[str, object], why: str
) -> None:
    first = line(id="content_pages/guidance.bees-5")
    with pytest.raises(DataUnreadable, match=re.escape(why)) as raised:
        load_guidance_questions(write(tmp_path / "questions", first, line(**changes)))
    assert raised.value.line == 2


def test_the_two_sets_do_not_mix(tmp_path: Path) -> None:
    folder = write(tmp_path / "questions", line(), name=FILES[0])
    with pytest.raises(DataUnreadable, match="stands with questions over the starter pages"):
        load_questions(folder)
    starter = {key: value for key, value in line().items() if key != "collection"}
    with pytest.raises(DataUnreadable, match="needs a collection"):
        load_guidance_questions(write(folder, starter | {"page": "bees", "id": "bees-1"}))


def test_a_collection_is_part_of_the_digest_only_where_there_is_one() -> None:
    starter = OwnQuestion("bees-1", "bees", "plain", "What do I pay?")
    digest = "43d266d4e544cba2a36b1bf03f997e9aa31c2bd314b0c19385f802b22a4d2fcd"
    assert OwnQuestions((starter,)).digest == digest
    public = OwnQuestion("bees-1", "bees", "plain", "What do I pay?", collection="content_pages")
    assert OwnQuestions((public,)).digest != digest


@pytest.mark.parametrize(
    ("cited", "cites"),
    [
        (BEES, True),
        (f"{BEES}#fees", True),
        (f"{BEES}/fees#part", True),
        (f"{BEES}-and-wasps", False),
        ("https://www.gov.uk/ants", True),
        ("/guidance/bees", False),
    ],
)
def test_a_part_of_a_guide_is_its_page(cited: str, cites: bool) -> None:
    asked = OwnQuestion(
        "content_pages/guidance.bees-1",
        BEES,
        "plain",
        "What do I pay?",
        (segment_digest("The fee is £20."),),
        answerable=True,
        also=("https://www.gov.uk/ants",),
        collection="content_pages",
    )
    given = AnswerGiven(
        asked.id, "answered", "quoted", 0.5, "", (CitedSection(cited, quote="The fee."),), 1.0
    )
    (case,) = ask_own(OwnQuestions((asked,)), lambda question: given, lambda *told: None)
    assert case.cites_page is cites


def test_the_data_card_states_the_present_counts() -> None:
    asked = load_guidance_questions()
    first = [question for question in asked.questions if not question.follows]
    counts = (
        (
            f"that stand alone, on {len({question.page for question in first})} guidance pages",
            len(first),
        ),
        (
            f"follow-ups, in {len(asked.chains())} conversations about guidance pages",
            len(asked.questions) - len(first),
        ),
        (
            f"near misses among these {len(asked.questions):,}",
            sum(not question.answerable for question in asked.questions),
        ),
    )
    counts += (
        (
            "in Welsh among these",
            sum(question.language == "cy" for question in asked.questions),
        ),
    )
    card = (FOLDER / "README.md").read_text(encoding="utf-8")
    for what, count in counts:
        assert f"| {what} | {count:,} |" in card


def test_files_have_sorted_keys_and_no_empty_ones() -> None:
    for name in GUIDANCE_FILES:
        for text in (FOLDER / name).read_text(encoding="utf-8").splitlines():
            value = json.loads(text)
            assert list(value) == sorted(value)
            assert all(value[key] not in ("", [], None) for key in value)
            assert ("follows" in value) == (name == GUIDANCE_FILES[1])


def test_a_question_is_in_the_language_of_its_page() -> None:
    asked = [q for q in load_guidance_questions().questions if q.collection == "pension_wise"]
    welsh = {q.id for q in asked if q.language == "cy"}
    assert welsh == {q.id for q in asked if "/cy/" in q.page}
    assert len(welsh) == 27


def test_nothing_is_asked_twice() -> None:
    texts = Counter(
        (question.text.casefold(), question.page if question.follows else "")
        for question in load_guidance_questions().questions
    )
    assert [text for text, times in texts.items() if times > 1] == []


def test_most_questions_are_told_as_people_tell_them_and_some_have_no_answer() -> None:
    asked = load_guidance_questions()
    first = [question for question in asked.questions if not question.follows]
    kinds = Counter(question.kind for question in first)
    assert kinds["story"] >= 0.4 * len(first)
    assert set(kinds) == {"story", "plain", "keywords", "short", "angry", "worried", "off_point"}
    near = [question for question in asked.questions if not question.answerable]
    assert len(near) >= 0.12 * len(asked.questions)
    assert {question.kind for question in near} == set(kinds)
    assert min(len(asked.of(half)) for half in HALVES) > 0.35 * len(asked.questions)


def test_a_story_has_background_and_then_a_question() -> None:
    stories = [
        question
        for question in load_guidance_questions().questions
        if question.kind == "story" and not question.follows
    ]
    assert [
        question.id for question in stories if len(re.findall(r"[.!?](?=\s|$)", question.text)) < 2
    ] == []
