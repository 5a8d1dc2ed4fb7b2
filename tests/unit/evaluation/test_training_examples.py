"""What the question adapter learns from: which rows answer, and which are left in peace."""

from evaluation.own_set import OwnQuestion, segment_digest
from evaluation.training.examples import fold_of, lesson
from knowledge.building import passage_text
from knowledge.chunking import passages_of
from tests.fakes import WordsEmbedder, page

FEE = "The fee is £30 for everybody."
AGE = "You must be 18 or over."
DOCUMENTS = {
    "dog": page("/dog", "Own a dog", AGE, FEE),
    "cat": page("/cat", "Own a cat", FEE),
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


def test_the_rows_are_those_of_the_pages_own_answer_and_sisters_are_known() -> None:
    embedder = WordsEmbedder()
    made = lesson([asked(1, also=("cat",))], DOCUMENTS, embedder)
    passages = [(name, p) for name, d in DOCUMENTS.items() for p in passages_of(d)]
    (example,) = made.examples
    assert {passages[row][0] for row in example.passages} == {"dog"}
    assert all(FEE in passages[row][1].text for row in example.passages)
    assert {passages[row][0] for row in example.sisters} == {"cat"}
    assert made.passages.shape == (len(passages), embedder.dimensions)
    expected = embedder.embed_passages([passage_text(p) for _, p in passages])
    assert (made.passages == expected).all()
    segments = [segment.text for _, p in passages for segment in p.segments]
    assert [segments[row] for row in example.segments] == [FEE]


def test_only_what_can_teach_is_taken_and_a_follow_up_stands_alone() -> None:
    questions = [
        asked(1),
        asked(2, text="how much?", follows="dog-1", standalone="How much is a dog?"),
        asked(3, answerable=False, evidence=()),
        asked(4, language="cy"),
    ]
    made = lesson(questions, DOCUMENTS, WordsEmbedder())
    assert [each.text for each in made.examples] == ["What does it cost?", "How much is a dog?"]


def test_a_page_is_in_one_fold_with_all_its_questions() -> None:
    assert {fold_of(f"page-{n}", 3) for n in range(100)} == {0, 1, 2}
    assert fold_of("dog", 5) == fold_of("dog", 5)
