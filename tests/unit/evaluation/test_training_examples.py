"""What the adapter learns from: what answers, what is left in peace, and what is read back."""

from pathlib import Path

import pytest

from evaluation.errors import DataMissing, DataUnreadable, QuestionsStale
from evaluation.matching import tokens
from evaluation.own_questions import starter_documents
from evaluation.own_set import OwnQuestion, half_of, segment_digest
from evaluation.training.examples import Lesson, fold_of, read_lessons, write_lessons
from evaluation.training.lessons import lesson
from evaluation.training.practice import (
    GUIDANCE,
    STARTER,
    PracticeQuestion,
    invented_lesson,
    practice_questions,
)
from evaluation.training.trial import tried
from knowledge.chunking import passages_of
from tests.fakes import WordsEmbedder, page

FEE = "The fee is £30 for everybody."
AGE = "You must be 18 or over."
DOCUMENTS = {
    "dog": page("/dog", "Own a dog", AGE, FEE),
    "cat": page("/cat", "Own a cat", FEE),
    "cow": page("/cow", "Own a cow", FEE),
}


def asked(number: int, **facts: object) -> OwnQuestion:
    given = {
        "page": "dog",
        "kind": "plain",
        "text": "What does it cost?",
        "evidence": (segment_digest(FEE),),
        "answerable": True,
        **facts,
    }
    return OwnQuestion(id=f"dog-{number}", **given)  # type: ignore[arg-type]


def said(taught: Lesson, number: int) -> list[str]:
    """Return what answers an example, in the passage's own words."""
    places = taught.examples[number].answers
    texts = [(taught.passages[row], part) for row, part in places]
    return [text.text[slice(*text.spans[part])] for text, part in texts]


def test_what_answers_is_the_pages_own_and_sisters_are_known() -> None:
    practised = PracticeQuestion("cat", "how much for a cat", (segment_digest(FEE),))
    taught = lesson([asked(1, also=("cat",))], DOCUMENTS, [practised])
    assert set(taught.pages) == {"dog", "cat"}, "a page nobody asks about teaches nothing"
    assert said(taught, 0) == said(taught, 1) == [FEE]
    own, practice = taught.examples
    assert {taught.pages[row] for row in own.passages} == {"dog"}
    assert {taught.pages[row] for row in own.sisters} == {"cat"}
    assert (practice.text, practice.page) == ("how much for a cat", "cat")


def test_only_what_can_teach_is_taken_and_a_follow_up_stands_alone() -> None:
    questions = [
        asked(1),
        asked(2, text="how much?", follows="dog-1", standalone="How much is a dog?"),
        asked(3, answerable=False, evidence=()),
        asked(4, language="cy"),
    ]
    taught = lesson(questions, DOCUMENTS)
    assert [each.text for each in taught.examples] == ["What does it cost?", "How much is a dog?"]


def test_a_sentence_that_is_gone_is_named_with_its_question() -> None:
    practised = PracticeQuestion("cat", "how old", (segment_digest(AGE),))
    with pytest.raises(QuestionsStale, match="cat: how old: no segment is"):
        lesson([asked(1)], DOCUMENTS, [practised])


def test_practice_over_the_starter_pages_still_resolves() -> None:
    practised = practice_questions(STARTER)
    assert len(lesson((), starter_documents(), practised).examples) == len(practised)


def test_practice_repeats_no_eight_words_in_a_row_of_its_page() -> None:
    pages = {
        name: f" {' '.join(tokens(' '.join(p.heading + ' ' + p.text for p in passages_of(page))))} "
        for name, page in starter_documents().items()
    }
    for asked_ in practice_questions(STARTER):
        words = tokens(asked_.text)
        runs = (f" {' '.join(words[at : at + 8])} " for at in range(len(words) - 7))
        assert not any(run in pages[asked_.page] for run in runs), asked_.text


def test_a_page_is_in_one_fold_with_all_its_questions() -> None:
    assert {fold_of(f"page-{n}", 3) for n in range(100)} == {0, 1, 2}
    assert fold_of("dog", 5) == fold_of("dog", 5)
    taught = lesson([asked(1), asked(2, page="cat")], DOCUMENTS)
    kept = taught.only(lambda name: name == "cat")
    assert [each.page for each in kept.examples] == ["cat"]
    assert kept.passages == taught.passages


def test_lessons_come_back_from_a_file_as_they_went(tmp_path: Path) -> None:
    taught = (lesson([asked(1, also=("cat",))], DOCUMENTS), lesson([asked(2)], DOCUMENTS))
    write_lessons(taught, tmp_path / "lessons.json")
    assert read_lessons(tmp_path / "lessons.json") == taught


def test_a_trial_counts_what_is_found_and_leaves_sisters_out() -> None:
    taught = lesson(
        [asked(1, text="fee £30 everybody dog", also=("cat",)), asked(2, text="18 or over")],
        DOCUMENTS,
        [PracticeQuestion("cat", "own a cat", (segment_digest(FEE),))],
    )
    found = tried(taught, WordsEmbedder())
    assert (found.questions, found.passage, found.page) == (3, 1.0, 1.0)
    assert found.part == pytest.approx(1 / 3), "two sentences are alike, and one question is of age"
    assert found.parts == 1.0


INVENTED = """=== A page
## Who can get it
1 You can get it if:
2 you are tall
## How much
3 It is £7.
Q 1,2 | story | I am tall. Can I?
Q 3 | plain | how much
"""


def test_invented_pages_are_read_sentence_by_sentence(tmp_path: Path) -> None:
    (tmp_path / "invented-1.txt").write_text(INVENTED)
    taught = invented_lesson(tmp_path)
    assert [each.text.partition("\n")[0] for each in taught.passages] == [
        "A page – Who can get it",
        "A page – How much",
    ]
    assert said(taught, 0) == ["You can get it if:", "you are tall"]
    assert said(taught, 1) == ["It is £7."]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("1 Too early.\n", ":1.*before any heading"),
        ("=== A page\n## One\n1 Text.\nQ 2 | plain | what\n", ":4.*names no sentence"),
        ("=== A page\nsomething else\n", ":2.*neither"),
    ],
)
def test_a_bad_line_of_an_invented_page_is_named(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "invented-1.txt").write_text(text)
    with pytest.raises(DataUnreadable, match=said):
        invented_lesson(tmp_path)


def test_practice_that_is_not_there_is_missed_by_name(tmp_path: Path) -> None:
    with pytest.raises(DataMissing, match="invented"):
        invented_lesson(tmp_path)
    with pytest.raises(DataMissing, match="starter"):
        practice_questions(STARTER, tmp_path)


def test_what_ships_for_practice_is_only_about_pages_of_the_fit_half() -> None:
    for name in (STARTER, GUIDANCE):
        questions = practice_questions(name)
        assert len(questions) > 1000
        assert {half_of(each.page) for each in questions} == {"fit"}
        assert all(each.text.strip() and each.evidence for each in questions)
    assert len(invented_lesson().examples) > 1000
