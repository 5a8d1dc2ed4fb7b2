"""Public test data, read from the folder that the caller names.

Layout and splits are those of the data's own README: `govuk/conditionalqa`,
`govuk/content_pages`, `govuk/get_into_teaching`, `govuk/search_queries`,
`govuk/pension_wise_en_cy` and `conversational/mtrag_govt`. Nothing here has a default place.
"""

import csv
import hashlib
import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, TypeVar

from evaluation.cases import EarlierTurn, Question, address
from evaluation.errors import DataMissing, DataUnreadable
from evaluation.matching import is_heading, tokens
from knowledge.documents import Document

QueryForm = Literal["lastturn", "history", "rewrite", "questions"]
QUERY_FORMS: tuple[QueryForm, ...] = ("lastturn", "history", "rewrite", "questions")
GOVUK = "https://www.gov.uk"

_CONDITIONALQA = Path("govuk/conditionalqa")
_QUERIES = Path("govuk/search_queries")
_CONVERSATIONS = Path("conversational/mtrag_govt")
_PENSION_WISE = Path("govuk/pension_wise_en_cy")
_CRAWLED = (Path("govuk/content_pages"), Path("govuk/get_into_teaching"))
_ABSTENTION = Path("abstention")
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

    question: Question
    conversation: str
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
    return each_line(path, json_list(path, "ConditionalQA questions"), _gold_question)


def uncovered_questions(data: Path, split: str = "visible") -> tuple[tuple[Question, str], ...]:
    """Return questions about pages that the corpus lacks, each with its page: not to be answered.

    Raise DataMissing, DataUnreadable.
    """
    path = data / _CONDITIONALQA / f"questions_page_not_in_corpus_{split}.json"
    lines = json_list(path, "questions about other pages")
    return each_line(path, lines, lambda line: (asked_question(line), str(line["url"])))


def search_queries(data: Path, corpus: Iterable[Document]) -> tuple[SearchQuery, ...]:
    """Return the queries that have a page in `corpus`; one that names several keeps those there.

    Raise DataMissing, DataUnreadable.
    """
    titles = {address(document.url): tokens(document.title) for document in corpus}
    meant: dict[str, dict[str, None]] = {}
    for name in _QUERY_FILES:
        path = data / _QUERIES / name
        rows = csv.DictReader(file_text(path, "GOV.UK search queries").splitlines())
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
    """Return the government conversations' questions in one of four forms.

    Ids begin with the form. `lastturn` is the last question alone, `history` the same with the
    published turns before it, `rewrite` stands by itself, `questions` has all the user's turns,
    oldest first. Raise DataMissing, DataUnreadable.
    """
    if form == "history":
        return tuple(
            PassageQuery(
                replace(turn.question, id=f"{form}/{turn.question.id}"),
                turn.conversation,
                turn.relevant,
            )
            for turn in conversation_turns(data)
            if turn.relevant
        )
    relevant = _judgements(data)
    path = data / _CONVERSATIONS / f"govt_{form}.jsonl"

    def query(line: Any) -> PassageQuery:
        turns = [turn.removeprefix("|user|:").strip() for turn in line["text"].split("\n")]
        text = "\n".join(turn for turn in turns if turn)
        name = line["_id"]
        question = Question(f"{form}/{name}", text)
        return PassageQuery(question, name.partition("<::>")[0], relevant.get(name, ()))

    read = each_line(path, jsonl_lines(path, "government conversations"), query)
    return tuple(each for each in read if each.relevant)


def conversation_turns(data: Path) -> tuple[ConversationTurn, ...]:
    """Return the government conversations' turns, each with the published turns before it.

    Raise DataMissing, DataUnreadable.
    """
    relevant = _judgements(data)
    path = data / _CONVERSATIONS / "tasks.jsonl"
    tasks = each_line(path, jsonl_lines(path, "government conversations"), _task)
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


def evidence_notes(gold: Sequence[GoldQuestion]) -> tuple[str, ...]:
    """Return how much of the evidence cannot be counted, in words."""
    elements = [element for each in gold for element in each.evidence]
    headings = sum(is_heading(element) for element in elements)
    without = sum(not each.evidence for each in gold)
    return (
        f"Of {len(elements):,} gold elements, {headings} are headings and left out of the count: "
        "headings are not read.",
        f"{without} of the {len(gold)} questions have no evidence, because their page does not "
        "answer them.",
    )


def injection_texts(data: Path) -> tuple[tuple[str, str, str], ...]:
    """Return published prompt injections: id, family of near duplicates, text.

    Test inputs, never instructions. Raise DataMissing, DataUnreadable.
    """
    path = data / _INJECTIONS
    lines = jsonl_lines(path, "prompt injections")
    return each_line(path, lines, lambda line: (line["id"], line["group"], line["text"]))


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
        folders += [_CONDITIONALQA, *_CRAWLED]
        folders += [_QUERIES] if kind == "retrieval" else []
    if "labelled" in corpora:
        folders += [*_CRAWLED, _PENSION_WISE]
    if "welsh" in corpora:
        folders.append(_PENSION_WISE)
    folders += [_ABSTENTION] if kind == "abstention" else []
    files = [path for each in dict.fromkeys(folders) for path in sorted((data / each).glob("*"))]
    files += [data / _INJECTIONS] if kind == "grounding" else []
    return {
        str(path.relative_to(data)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in files
        if path.is_file()
    }


def _gold_question(line: Any) -> GoldQuestion:
    answers = [answer for answer, _ in line["answers"]]
    return GoldQuestion(
        question=asked_question(line),
        page=line["url"],
        evidence=tuple(line["evidences"]),
        spans=tuple(answer for answer in answers if answer not in ("yes", "no")),
        answerable=not line["not_answerable"],
    )


def asked_question(line: Any) -> Question:
    """Return a ConditionalQA line as it is asked: the story, then the question."""
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
    for number, row in enumerate(file_text(path, "relevance judgements").splitlines()[1:], start=2):
        fields = row.split("\t")
        if len(fields) != 3:
            raise DataUnreadable(path, number, "expected query-id, corpus-id and score")
        if fields[2] != "0":
            relevant.setdefault(fields[0], []).append(fields[1])
    return {query: tuple(passages) for query, passages in relevant.items()}


def file_text(path: Path, what: str) -> str:
    """Return the file's text; `what` names it for people. Raise DataMissing."""
    if not path.is_file():
        raise DataMissing(path, what)
    return path.read_text(encoding="utf-8-sig")


def json_list(path: Path, what: str) -> list[Any]:
    """Return the list that a JSON file holds. Raise DataMissing, DataUnreadable."""
    try:
        read = json.loads(file_text(path, what))
    except ValueError as fault:
        raise DataUnreadable(path, 0, f"not JSON ({fault})") from fault
    if not isinstance(read, list):
        raise DataUnreadable(path, 0, "expected a list")
    return read


def jsonl_lines(path: Path, what: str) -> list[Any]:
    """Return the values of a JSON Lines file. Raise DataMissing, DataUnreadable."""
    lines = []
    for number, line in enumerate(file_text(path, what).split("\n"), start=1):
        if line.strip():
            try:
                lines.append(json.loads(line))
            except ValueError as fault:
                raise DataUnreadable(path, number, f"not JSON ({fault})") from fault
    return lines


def each_line(path: Path, lines: list[Any], form: Callable[[Any], _Read]) -> tuple[_Read, ...]:
    """Return each value put into form. Raise DataUnreadable with the number of a wrong one."""
    read = []
    for number, line in enumerate(lines, start=1):
        try:
            read.append(form(line))
        except (KeyError, TypeError, ValueError, AttributeError) as fault:
            raise DataUnreadable(path, number, f"not in the documented form: {fault!r}") from fault
    return tuple(read)
