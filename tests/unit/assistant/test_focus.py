"""Focus: what stands beside a question does not hide it, and what was understood stays so."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from assistant.confidence import Calibration
from assistant.steps.embed import embed
from assistant.steps.focus import FocusRules, focus
from assistant.steps.rerank import RerankWeights, rerank
from assistant.steps.retrieve import DEPTH, retrieve
from assistant.text import RedactedText
from assistant.turns import Background, Mark, Turn
from knowledge.retrieval import Retriever
from tests.assisting import BADGE, PASSPORT, little_guidance, opened
from tests.unit.assistant.asking import asked

RETRIEVER = opened(little_guidance()).retriever
ORDERED = rerank(RerankWeights())
QUESTION = "Can you renew your passport online or by post?"
CHATTER = (
    "Yesterday a neighbour brought seven jars of marmalade round.",
    "Grandfather whistled all morning while gulls circled above.",
    "Our kitchen tap drips whenever somebody showers upstairs.",
    "Never trust weather forecasts printed inside cheap diaries.",
    "Meanwhile both dogs slept under Auntie's enormous piano.",
)
ALWAYS = FocusRules(unsure=1.1)


def found(message: str, retriever: Retriever = RETRIEVER) -> Turn:
    """Return the turn as `rerank` leaves it."""
    text = RedactedText(message)
    turn = replace(asked(message), redacted=text, asked=text, standalone=text)
    for step in (embed(retriever), retrieve(retriever, frozenset()), ORDERED):
        turn = step(turn)
    return turn


def focused(
    turn: Turn,
    rules: FocusRules = ALWAYS,
    withdrawn: frozenset[str] = frozenset(),
    retriever: Retriever = RETRIEVER,
) -> Turn:
    """Return the turn after the step."""
    step = focus(retriever, withdrawn, DEPTH, ORDERED, Calibration(), rules=rules)
    return step(turn)


def test_a_question_amid_chatter_finds_what_it_finds_alone() -> None:
    before = found(" ".join((*CHATTER[:3], QUESTION, *CHATTER[3:])))
    after = focused(before)
    assert after.noted[0] == "read by a part"
    assert after.noted[1]["words"] == len(QUESTION.split())
    alone = found(QUESTION)
    assert [hit.passage for hit in after.hits] == [hit.passage for hit in alone.hits]
    assert after.hits[0].passage.document_url == PASSPORT
    assert after.hits[0].dense > before.hits[0].dense + 0.15


def test_what_would_be_answered_stays_as_it_was_understood() -> None:
    before = found(f"{CHATTER[0]} {QUESTION}")
    after = focused(before, rules=FocusRules(unsure=0.0))
    assert after.hits == before.hits
    assert after.noted[0] == "ok"


def test_no_part_is_taken_that_is_not_clearly_better() -> None:
    before = found(f"{CHATTER[0]} {QUESTION}")
    after = focused(before, rules=replace(ALWAYS, better=2.0))
    assert after.hits == before.hits
    assert after.noted[0] == "no part is better"


def test_a_part_without_the_question_is_never_taken() -> None:
    """The sentence that a page answers best is not what was asked."""
    message = f"I have a Blue Badge and renewed it. {CHATTER[0]} Where do gulls sleep?"
    after = focused(found(message), rules=replace(ALWAYS, better=-2.0))
    assert after.noted[0] == "read by a part"
    alone = found("Where do gulls sleep?")
    together = found(f"{CHATTER[0]} Where do gulls sleep?")
    assert [hit.passage for hit in after.hits] in (
        [hit.passage for hit in alone.hits],
        [hit.passage for hit in together.hits],
    )


def test_where_nobody_asks_every_part_may_be_taken() -> None:
    after = focused(found(f"{CHATTER[0]} Renew my passport please. {CHATTER[1]}"))
    assert after.noted[0] == "read by a part"
    assert after.hits[0].passage.document_url == PASSPORT


def test_what_is_withdrawn_is_not_found_by_a_part_either() -> None:
    before = found(" ".join((*CHATTER, QUESTION)))
    after = focused(before, withdrawn=frozenset({PASSPORT}), rules=replace(ALWAYS, better=-2.0))
    assert after.noted[0] == "read by a part"
    assert PASSPORT not in {hit.passage.document_url for hit in after.hits}


def test_one_sentence_welsh_and_what_follows_up_are_left_alone() -> None:
    one = found(QUESTION)
    assert focused(one).hits == one.hits
    assert focused(one).noted[0] == "one sentence"
    two = found(f"{CHATTER[0]} {QUESTION}")
    welsh = replace(two, marks=frozenset({Mark.WELSH}))
    assert focused(welsh).noted[0] == "not read"
    vector = RETRIEVER.embed(QUESTION)
    leaning = replace(two, background=Background((), BADGE, 0.9, vector, vector))
    assert focused(leaning).noted[0] == "not read"
    fresh = replace(two, background=Background((), BADGE, 0.1, vector))
    assert focused(fresh).noted[0] != "not read"


@given(st.integers(min_value=2, max_value=60))
def test_however_long_a_message_so_many_parts_are_read_and_no_more(sentences: int) -> None:
    turn = found(" ".join(CHATTER[place % len(CHATTER)] for place in range(sentences)))
    after = focused(turn)
    runs = sentences * (sentences + 1) // 2 - 1
    assert after.noted[1]["parts"] == min(runs, FocusRules().most)
