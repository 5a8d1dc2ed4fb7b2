"""What an assistant is asked, corpus by corpus: `signpost evaluate answers`."""

from functools import partial
from pathlib import Path

from evaluation import answers, datasets
from evaluation.cases import AnswerGiven
from evaluation.corpora import GOVERNMENT, GUIDANCE, Corpus, corpus_notes
from evaluation.measuring import Evaluation, Item, Suite


def _suites(corpus: Corpus, data: Path) -> tuple[Suite[AnswerGiven], ...]:
    if corpus.name == GOVERNMENT:
        return (conversation_suite(data),)
    return _guidance(corpus, data), _uncovered(data)


ANSWERS: Evaluation[AnswerGiven] = Evaluation(
    "answers", "How well Signpost answers", (GUIDANCE, GOVERNMENT), _suites
)


def _guidance(corpus: Corpus, data: Path) -> Suite[AnswerGiven]:
    gold = datasets.guidance_questions(data)
    return Suite(
        "guidance",
        "Guidance questions",
        "People's situations with a question about a GOV.UK page (ConditionalQA, development "
        f"set). Answers are read up to exactly {answers.WORDS} words. Resampled by page.",
        answers.GUIDANCE,
        tuple(Item(each.question, partial(answers.score_guidance, each)) for each in gold),
        (*corpus_notes(corpus), *datasets.evidence_notes(gold)),
    )


def _uncovered(data: Path) -> Suite[AnswerGiven]:
    return Suite(
        "uncovered",
        "Questions about pages that are not there",
        "Questions of the same kind about pages that the corpus lacks: declining is right. "
        "Resampled by page.",
        answers.UNCOVERED,
        tuple(
            Item(question, partial(answers.score_uncovered, question, page))
            for question, page in datasets.uncovered_questions(data)
        ),
    )


def conversation_suite(data: Path) -> Suite[AnswerGiven]:
    """Return the turns of the government conversations. Raise DataMissing, DataUnreadable."""
    turns = datasets.conversation_turns(data)
    return Suite(
        "conversations",
        "US government conversations",
        "Turns of conversations about US government services, each asked with the published "
        "turns before it (MTRAG). Resampled by conversation.",
        answers.CONVERSATIONS,
        tuple(Item(each.question, partial(answers.score_conversation, each)) for each in turns),
    )
