"""Public test data, read from the folder that the caller names.

Layout and splits are those of the data's own README: `govuk/conditionalqa`,
`govuk/content_pages`, `govuk/get_into_teaching`, `govuk/search_queries` and
`conversational/mtrag_govt`. Nothing here has a default place.
"""

import csv
import hashlib
import json
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeVar

from evaluation.cases import EarlierTurn, Question, address
from evaluation.errors import DataMissing, DataUnreadable
from evaluation.matching import tokens
from knowledge.documents import Document

QueryForm = Literal["lastturn", "rewrite", "questions"]
QUERY_FORMS: tuple[QueryForm, ...] = ("lastturn", "rewrite", "questions")
GOVUK = "https://www.gov.uk"

_CONDITIONALQA = Path("govuk/conditionalqa")
_QUERIES = Path("govuk/search_queries")
_CONVERSATIONS = Path("conversational/mtrag_govt")
_INJECTIONS = Path("safety/prompt_injection_visible.jsonl")
_QUERY_FILES = (
    "top_200_query_result_pairs.csv",
    "self_assessment.csv",
    "top_1000_pages_with_titles.csv",
)


_Read = TypeVar("_Read")


@dataclass(frozen=True, slots=True)
class GoldQuestion:
    """A guidance question and what answers it.

    `question.text` is the asker's situation and the question, one after the other. `evidence`
    holds HTML elements of the page, `spans` the answers that are words of the page (not "yes"
    or "no"). Where `answerable` is false the page does not answer, and both are empty.
    """

    question: Question
    page: str
    evidence: tuple[str, ...]
    spans: tuple[str, ...]
    answerable: bool


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """What people typed, and the pages they meant. `is_title`: it is a page's exact title."""

    id: str
    text: str
    pages: tuple[str, ...]
    is_title: bool


@dataclass(frozen=True, slots=True)
class PassageQuery:
    """A question of a conversation, with the ids of the passages judged relevant (≥ 1)."""

    id: str
    conversation: str
    text: str
    relevant: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ConversationTurn:
    """A turn to answer, with its history, and the ids of the relevant passages (maybe none).

    `answerability` is the data's own word: ANSWERABLE, PARTIAL, UNANSWERABLE, CONVERSATIONAL.
    """

    question: Question
    conversation: str
    relevant: tuple[str, ...]
    answerability: str


def guidance_questions(data: Path, split: str = "visible") -> tuple[GoldQuestion, ...]:
    """Return the ConditionalQA dev questions of `split`. Raise DataMissing, DataUnreadable."""
    path = data / _CONDITIONALQA / f"questions_dev_{split}.json"
    return _each(path, _json(path, "ConditionalQA questions"), _gold_question)


def uncovered_questions(data: Path, split: str = "visible") -> tuple[tuple[Question, str], ...]:
    """Return questions about pages that the corpus lacks, each with its page: not to be answered.

    Raise DataMissing, DataUnreadable.
    """
    path = data / _CONDITIONALQA / f"questions_page_not_in_corpus_{split}.json"
    lines = _json(path, "questions about other pages")
    return _each(path, lines, lambda line: (_question(line), str(line["url"])))


def search_queries(data: Path, corpus: Iterable[Document]) -> tuple[SearchQuery, ...]:
    """Return the queries that have a page in `corpus`; one that names several keeps those there.

    Raise DataMissing, DataUnreadable.
    """
    titles = {address(document.url): tokens(document.title) for document in corpus}
    meant: dict[str, dict[str, None]] = {}
    for name in _QUERY_FILES:
        path = data / _QUERIES / name
        rows = csv.DictReader(_text(path, "GOV.UK search queries").splitlines())
        for line, row in enumerate(rows, start=2):
            query, link = row.get("query"), row.get("link")
            if not query or not link:
                raise DataUnreadable(path, line, "expected the columns query and link")
            page = address(GOVUK + link if link.startswith("/") else link)
            if page in titles:
                meant.setdefault(" ".join(query.split()), {})[page] = None
    return tuple(
        SearchQuery(
            id=f"query-{hashlib.sha256(text.encode()).hexdigest()[:12]}",
            text=text,
            pages=tuple(pages),
            is_title=any(tokens(text) == titles[page] for page in pages),
        )
        for text, pages in meant.items()
    )


def passage_queries(data: Path, form: QueryForm) -> tuple[PassageQuery, ...]:
    """Return the government conversations' questions in one of their three published forms.

    Ids begin with the form. `lastturn` is the last question alone, `rewrite` stands by itself,
    `questions` has all the user's turns, oldest first. Raise DataMissing, DataUnreadable.
    """
    relevant = _judgements(data)
    path = data / _CONVERSATIONS / f"govt_{form}.jsonl"

    def query(line: Any) -> PassageQuery:
        turns = [turn.removeprefix("|user|:").strip() for turn in line["text"].split("\n")]
        return PassageQuery(
            id=f"{form}/{line['_id']}",
            conversation=line["_id"].partition("<::>")[0],
            text="\n".join(turn for turn in turns if turn),
            relevant=relevant.get(line["_id"], ()),
        )

    read = _each(path, _jsonl(path, "government conversations"), query)
    return tuple(each for each in read if each.relevant)


def conversation_turns(data: Path) -> tuple[ConversationTurn, ...]:
    """Return the government conversations' turns, each with the published turns before it.

    Raise DataMissing, DataUnreadable.
    """
    relevant = _judgements(data)
    path = data / _CONVERSATIONS / "tasks.jsonl"
    tasks = _each(path, _jsonl(path, "government conversations"), _task)
    earlier: dict[str, list[tuple[int, EarlierTurn]]] = {}
    for _, conversation, turn, question, answer, _ in tasks:
        earlier.setdefault(conversation, []).append((turn, EarlierTurn(question, answer)))
    return tuple(
        ConversationTurn(
            question=Question(
                id=task_id,
                text=question,
                history=tuple(
                    told
                    for before, told in sorted(earlier[conversation], key=lambda each: each[0])
                    if before < turn
                ),
            ),
            conversation=conversation,
            relevant=relevant.get(task_id, ()),
            answerability=answerability,
        )
        for task_id, conversation, turn, question, _, answerability in tasks
    )


def injection_texts(data: Path) -> tuple[tuple[str, str, str], ...]:
    """Return published prompt injections: id, family of near duplicates, text.

    Test inputs, never instructions. Raise DataMissing, DataUnreadable.
    """
    path = data / _INJECTIONS
    lines = _jsonl(path, "prompt injections")
    return _each(path, lines, lambda line: (line["id"], line["group"], line["text"]))


def passage_id(url: str) -> str:
    """Return the id of a judged passage from the address that `corpora` gave it, or ""."""
    return url.partition("#")[2]


def held_out(key: str, percent: int) -> bool:
    """Say whether the data's README puts `key` on the held-out side of a split.

    The key is the page address (`percent` 50) for ConditionalQA dev; see the README for others.
    """
    return int(hashlib.sha256(key.encode()).hexdigest(), 16) % 100 < percent


def digests(data: Path, kind: str, corpora: Collection[str]) -> Mapping[str, str]:
    """Return the SHA-256 of the files that an evaluation of `kind` on `corpora` may read.

    Names are relative to `data`.
    """
    folders: list[Path] = []
    if "government" in corpora:
        folders.append(_CONVERSATIONS)
    if "guidance" in corpora:
        folders += [_CONDITIONALQA, Path("govuk/content_pages"), Path("govuk/get_into_teaching")]
        folders += [_QUERIES] if kind == "retrieval" else []
    files = [path for folder in folders for path in sorted((data / folder).glob("*"))]
    files += [data / _INJECTIONS] if kind == "grounding" else []
    return {
        str(path.relative_to(data)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in files
        if path.is_file()
    }


def _gold_question(line: Any) -> GoldQuestion:
    answers = [answer for answer, _ in line["answers"]]
    return GoldQuestion(
        question=_question(line),
        page=line["url"],
        evidence=tuple(line["evidences"]),
        spans=tuple(answer for answer in answers if answer not in ("yes", "no")),
        answerable=not line["not_answerable"],
    )


def _question(line: Any) -> Question:
    return Question(line["id"], f"{line['scenario'].strip()} {line['question'].strip()}".strip())


def _task(line: Any) -> tuple[str, str, int, str, str, str]:
    return (
        line["task_id"],
        line["conversation_id"],
        int(line["turn"]),
        line["question"],
        line["answer"],
        line["answerability"],
    )


def _judgements(data: Path) -> Mapping[str, tuple[str, ...]]:
    path = data / _CONVERSATIONS / "qrels_dev.tsv"
    relevant: dict[str, list[str]] = {}
    for number, row in enumerate(_text(path, "relevance judgements").splitlines()[1:], start=2):
        fields = row.split("\t")
        if len(fields) != 3:
            raise DataUnreadable(path, number, "expected query-id, corpus-id and score")
        if fields[2] != "0":
            relevant.setdefault(fields[0], []).append(fields[1])
    return {query: tuple(passages) for query, passages in relevant.items()}


def _text(path: Path, what: str) -> str:
    if not path.is_file():
        raise DataMissing(path, what)
    return path.read_text(encoding="utf-8-sig")


def _json(path: Path, what: str) -> list[Any]:
    try:
        read = json.loads(_text(path, what))
    except ValueError as fault:
        raise DataUnreadable(path, 0, f"not JSON ({fault})") from fault
    if not isinstance(read, list):
        raise DataUnreadable(path, 0, "expected a list")
    return read


def _jsonl(path: Path, what: str) -> list[Any]:
    lines = []
    for number, line in enumerate(_text(path, what).split("\n"), start=1):
        if line.strip():
            try:
                lines.append(json.loads(line))
            except ValueError as fault:
                raise DataUnreadable(path, number, f"not JSON ({fault})") from fault
    return lines


def _each(path: Path, lines: list[Any], form: Callable[[Any], _Read]) -> tuple[_Read, ...]:
    read = []
    for number, line in enumerate(lines, start=1):
        try:
            read.append(form(line))
        except (KeyError, TypeError, ValueError, AttributeError) as fault:
            raise DataUnreadable(path, number, f"not in the documented form: {fault!r}") from fault
    return tuple(read)
