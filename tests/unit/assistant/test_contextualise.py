"""Follow-ups: what leans on the conversation, what stands alone, and what cannot be told."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.follow_ups import (
    FollowUpRules,
    content_words,
    cues,
    leaning,
    on_the_subject,
    query_of,
)
from assistant.outcomes import Answered, Clarifying, Reason
from assistant.pipeline import answer, build_steps, find
from assistant.redaction.redactor import LABELS, Redactor, unlabelled, without_labels
from assistant.steps.contextualise import contextualise
from assistant.steps.rerank import RerankWeights, rerank
from assistant.steps.retrieve import retrieve
from assistant.text import RawText, RedactedText
from assistant.turns import Background, Exchange, Turn
from knowledge.documents import Document
from knowledge.embedding import Vectors
from knowledge.lexical import terms_of
from knowledge.retrieval import Retriever
from tests.assisting import BADGE, NOON, PASSPORT, eager_policy, little_guidance, opened
from tests.fakes import WordsEmbedder, page

RULES = FollowUpRules()
ABOUT_BADGES = Exchange(
    RedactedText("How do I get a parking badge?"),
    "Ask your council for a parking badge if walking is hard for you.",
    "Parking badges",
    "About",
    f"{BADGE}#about",
)


class CountingEmbedder(WordsEmbedder):
    """Remembers which questions it was given."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []

    def embed_question(self, text: str) -> Vectors:
        self.asked.append(text)
        return super().embed_question(text)


def counting(documents: Sequence[Document] = ()) -> tuple[Retriever, CountingEmbedder]:
    index = opened(documents or little_guidance()).retriever._index
    embedder = CountingEmbedder()
    return Retriever(index, embedder), embedder


def turn(question: str, *history: Exchange) -> Turn:
    text = RedactedText(question)
    asked = without_labels(text)
    return Turn(
        "t", RawText(question), NOON, history=history, redacted=text, asked=asked, standalone=text
    )


def contextualised(question: str, *history: Exchange) -> Turn:
    retriever, _ = counting()
    return contextualise(retriever, frozenset(), RULES)(turn(question, *history))


def found(question: str, *history: Exchange) -> Turn:
    retriever, _ = counting()
    step = contextualise(retriever, frozenset(), RULES)
    return rerank(RerankWeights())(
        retrieve(retriever, frozenset(), rules=RULES)(step(turn(question, *history)))
    )


@pytest.mark.parametrize(
    "question",
    [
        "how much?",
        "and how long does it last?",
        "what about if I'm self-employed?",
        "how do I apply?",
    ],
)
def test_what_says_too_little_leans_on_the_question_before(question: str) -> None:
    done = contextualised(question, ABOUT_BADGES)
    assert done.noted[0] == "follows up"
    assert done.standalone == f"{ABOUT_BADGES.question}. {question}"
    hits = found(question, ABOUT_BADGES).hits
    assert hits[0].passage.document_url == BADGE


def test_a_change_of_subject_stands_alone_and_finds_what_it_would_have_found_at_first() -> None:
    question = "How much does it cost to renew a passport with a paper form?"
    done = contextualised(question, ABOUT_BADGES)
    assert done.noted[0] == "stands alone"
    assert done.standalone == question
    first, later = found(question).hits, found(question, ABOUT_BADGES).hits
    assert first[0].passage == later[0].passage
    assert later[0].passage.document_url == PASSPORT


def test_the_same_words_without_history_ask_what_they_are_about() -> None:
    for question in ("how much?", "why?", "[phone number]", "and then?"):
        assert contextualised(question).outcome == Clarifying(Reason.WHAT_ABOUT)
    assert contextualised("how much is a passport?").outcome is None


@pytest.mark.parametrize("question", ["asdf qwer", "zxcvb", "qwpoe lkjsd mnzxb"])
def test_gibberish_is_said_not_to_be_understood_and_is_no_follow_up(question: str) -> None:
    policy = eager_policy()
    retriever, _ = counting()
    steps = build_steps(policy, Redactor(policy.redaction), retriever)
    for history in ((), (ABOUT_BADGES,)):
        done = answer(Turn("t", RawText(question), NOON, history=history), steps)
        assert done.outcome == Clarifying(Reason.NOT_UNDERSTOOD)
        assert done.answer is None
    real = answer(Turn("t", RawText("parking badge"), NOON), steps)
    assert isinstance(real.outcome, Answered)


def test_a_first_question_is_embedded_once_and_a_later_one_at_most_once_more() -> None:
    for question, history, most in (
        ("How do I renew a passport?", (), 1),
        ("how much?", (ABOUT_BADGES,), 2),
        ("How much does it cost to renew a passport with a paper form?", (ABOUT_BADGES,), 2),
    ):
        retriever, embedder = counting()
        step = contextualise(retriever, frozenset(), RULES)
        retrieve(retriever, frozenset(), rules=RULES)(step(turn(question, *history)))
        assert len(embedder.asked) <= most
        assert len(set(embedder.asked)) == len(embedder.asked)


@pytest.mark.parametrize("label", LABELS.values())
def test_the_words_of_a_mask_are_not_searched_and_change_nothing(label: str) -> None:
    plain, masked = "Can I renew my passport?", f"Can I renew my passport? {label}"
    done = contextualised(masked)
    assert done.standalone == contextualised(plain).standalone == plain
    assert found(masked).hits == found(plain).hits
    retriever, embedder = counting()
    earlier = replace(ABOUT_BADGES, question=RedactedText(f"I am {label}. Can I park?"))
    step = contextualise(retriever, frozenset(), RULES)
    retrieve(retriever, frozenset(), rules=RULES)(step(turn(f"how much? {label}", earlier)))
    assert not any("[" in text for text in embedder.asked)


def test_what_is_searched_of_a_masked_question_is_its_own_words() -> None:
    policy = eager_policy()
    typed = RawText("my name is jane smith, ni q q 12 34 56 c, can i get a parking badge?")
    retriever, embedder = counting()
    done = find(Turn("t", typed, NOON), build_steps(policy, Redactor(policy.redaction), retriever))
    assert done.masked == ("name", "ni_number")
    assert done.standalone == "my name is , ni , can i get a parking badge?"
    assert embedder.asked == [done.standalone]


@pytest.mark.parametrize("label", LABELS.values())
def test_rules_read_a_word_for_a_mask_so_that_its_sides_do_not_run_together(label: str) -> None:
    text = RedactedText(f"want to {label} die\nform [SA100]")
    assert unlabelled(text) == "want to x die\nform [SA100]"


def test_brackets_that_are_no_mask_stay() -> None:
    assert (
        without_labels(RedactedText("form [SA100] and [phone number] now"))
        == "form [SA100] and now"
    )


def test_an_earlier_subject_is_left_where_a_later_question_named_its_own() -> None:
    passport = Exchange(
        RedactedText("How can I renew my passport online or on paper by post?"),
        "",
        "Renew",
        url="p",
    )
    questions, where = on_the_subject((ABOUT_BADGES, passport), RULES)
    assert questions == (passport.question,)
    assert where == "p"
    follow_up = Exchange(RedactedText("and how much?"), "")
    questions, where = on_the_subject((ABOUT_BADGES, passport, follow_up), RULES)
    assert questions == (passport.question, follow_up.question)
    assert where == "p"


def test_a_long_conversation_keeps_its_subject_and_its_latest_questions() -> None:
    asked = [Exchange(RedactedText(f"and what about {n}?"), "") for n in range(6)]
    questions, _ = on_the_subject((ABOUT_BADGES, *asked), RULES)
    assert questions == (ABOUT_BADGES.question, asked[4].question, asked[5].question)


def test_thanks_alone_give_no_subject() -> None:
    assert on_the_subject((Exchange(RedactedText(""), "You are welcome."),), RULES) == ((), "")


@given(st.text(max_size=200), st.floats(0, 2))
def test_leaning_is_a_probability_and_falls_as_the_page_falls_behind(text: str, gap: float) -> None:
    said = cues(text)
    near, far = leaning(said, gap, RULES), leaning(said, gap + 0.5, RULES)
    assert 0.0 <= far <= near <= 1.0
    assert said.content <= 10
    assert not set(content_words(text)) & {"it", "and", "the"}


@given(st.floats(0, 1), st.integers(1, 4))
def test_background_never_outweighs_what_the_rules_allow(leans: float, turns: int) -> None:
    embedder = WordsEmbedder()
    question = RedactedText("how much is a badge")
    questions = tuple(RedactedText(f"parking words number{n} council street") for n in range(turns))
    own, earlier = embedder.embed_question(question), embedder.embed_question(". ".join(questions))
    query = query_of(question, Background(questions, "", leans, own, earlier), RULES)
    assert np.isclose(np.linalg.norm(query.vector), 1.0, atol=1e-5)
    assert np.isclose(np.linalg.norm(query.reading), 1.0, atol=1e-5)
    mine = set(terms_of(question))
    assert all(query.terms[term] == 1.0 for term in mine)
    older = [weight for term, weight in query.terms.items() if term not in mine]
    assert max(older) <= RULES.term * leans + 1e-9
    assert sum(older) <= RULES.earlier * leans + 1e-9


def test_who_leans_on_nothing_searches_for_nothing_but_the_question() -> None:
    own = WordsEmbedder().embed_question("renew passport")
    query = query_of(RedactedText("renew passport"), Background((), "", 0.0, own), RULES)
    assert query.vector is own
    assert query.reading is own
    assert set(query.terms) == set(terms_of("renew passport"))


NATIONS = (
    page(
        "https://g.example/e",
        "School meals",
        "School meals are free for some.",
        nations=("England",),
    ),
    page(
        "https://g.example/s",
        "School meals",
        "School meals are free for all.",
        nations=("Scotland",),
    ),
)


def test_a_follow_up_that_names_a_nation_changes_it_and_one_that_names_none_keeps_it() -> None:
    asked = Exchange(RedactedText("Are school meals free in England?"), "", "School meals", url="e")

    def nation(question: str, *history: Exchange) -> str:
        retriever, _ = counting(NATIONS)
        step = contextualise(retriever, frozenset(), RULES)
        done = rerank(RerankWeights())(
            retrieve(retriever, frozenset(), rules=RULES)(step(turn(question, *history)))
        )
        return f"{done.nation} {done.hits[0].passage.nations[0]}"

    assert nation("and in Scotland?", asked) == "Scotland Scotland"
    assert nation("how much?", asked) == "England England"
    assert nation("Are school meals free in Scotland?") == "Scotland Scotland"
    assert nation("Are school meals free in England?") == "England England"
