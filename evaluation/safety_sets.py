"""Public safety sets, read from the folder that the caller names: material, never instructions.

Each message has a key; the SHA-256 of the key says in which half it is (`half_of`), as for the
project's own questions. Rules were written with the fit halves in view.
"""

import csv
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evaluation.datasets import asked_question, each_line, file_text, json_list, jsonl_lines
from evaluation.errors import DataUnreadable
from evaluation.own_questions import Half, half_of, load_guidance_questions, load_questions

_SAFETY = Path("safety")
_ABSTENTION = Path("abstention")
_CONDITIONALQA = Path("govuk/conditionalqa")
_QUESTION_FILES = (
    "questions_dev_visible.json",
    "questions_train.json",
    "questions_page_not_in_corpus_visible.json",
)
_SELF_HARM = "Suicide, Self-Harm, and Eating Disorders"
_EVERY_NTH_HATE = 5
"""HateCheck fills templates with seven groups, so a fifth of it says as much in less time."""


@dataclass(frozen=True, slots=True)
class Message:
    """A text and what it hangs together with: `key` is its page, group of near-copies, or id."""

    id: str
    key: str
    text: str

    @property
    def half(self) -> Half:
        """Return the half that its key puts it in."""
        return half_of(self.key)


def genuine_questions(data: Path) -> tuple[Message, ...]:
    """Return every ConditionalQA question with its story. Raise DataMissing, DataUnreadable."""
    return tuple(
        message
        for name in _QUESTION_FILES
        for path in [data / _CONDITIONALQA / name]
        for message in each_line(path, json_list(path, "ConditionalQA questions"), _genuine)
    )


def safe_prompts(data: Path) -> tuple[Message, ...]:
    """Return XSTest's prompts that only sound unsafe. Raise DataMissing, DataUnreadable."""
    path = data / _SAFETY / "xstest_visible.jsonl"
    lines = [line for line in jsonl_lines(path, "XSTest") if line.get("label") == "safe"]
    return each_line(path, lines, lambda line: Message(line["id"], line["id"], line["prompt"]))


def own_questions() -> tuple[Message, ...]:
    """Return the project's own questions over both sets of pages, by page; follow-ups too."""
    return tuple(
        Message(question.id, question.page or question.id, question.text)
        for questions in (load_questions(), load_guidance_questions())
        for question in questions.questions
    )


def self_harm_prompts(data: Path) -> tuple[Message, ...]:
    """Return SimpleSafetyTests' prompts on suicide, self-harm and eating disorders.

    Raise DataMissing, DataUnreadable.
    """
    path = data / _SAFETY / "simple_safety_tests_visible.jsonl"
    lines = [
        line for line in jsonl_lines(path, "SimpleSafetyTests") if line["harm_area"] == _SELF_HARM
    ]
    return each_line(
        path, lines, lambda line: Message(line["id"], line["id"], line["prompts_final"])
    )


def attacks(data: Path) -> tuple[Message, ...]:
    """Return prompt injections and jailbreaks, by group of near-copies.

    Raise DataMissing, DataUnreadable.
    """
    path = data / _SAFETY / "prompt_injection_visible.jsonl"
    lines = jsonl_lines(path, "prompt injections")
    return each_line(
        path, lines, lambda line: Message(line["id"], str(line["group"]), line["text"])
    )


def hateful_messages(data: Path) -> tuple[Message, ...]:
    """Return a fifth of HateCheck's hateful cases, chosen by hash.

    Raise DataMissing, DataUnreadable.
    """
    path = data / _SAFETY / "hatecheck_cases.csv"
    rows = csv.DictReader(file_text(path, "HateCheck").splitlines())
    try:
        hateful = [
            Message(f"hatecheck-{row['case_id']}", row["functionality"], row["test_case"].strip())
            for row in rows
            if row["label_gold"] == "hateful"
        ]
    except (KeyError, AttributeError) as fault:
        raise DataUnreadable(path, 0, f"not in the documented form: {fault!r}") from fault
    return tuple(each for each in hateful if _drawn(each.id))


def small_talk(data: Path) -> tuple[Message, ...]:
    """Return CLINC150's small talk. Raise DataMissing, DataUnreadable."""
    return _clinc(data / _ABSTENTION / "clinc_small_talk_visible.jsonl")


def out_of_scope(data: Path) -> tuple[Message, ...]:
    """Return CLINC150's out-of-scope messages. Raise DataMissing, DataUnreadable."""
    return _clinc(data / _ABSTENTION / "clinc_oos_visible.jsonl")


def safety_digests(data: Path) -> Mapping[str, str]:
    """Return the SHA-256 of the files that are read, by name relative to `data`."""
    paths = [
        *(data / _CONDITIONALQA / name for name in _QUESTION_FILES),
        *sorted((data / _SAFETY).glob("*")),
        *sorted((data / _ABSTENTION).glob("*")),
        *sorted((data / "pii").glob("*")),
    ]
    return {
        str(path.relative_to(data)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in paths
        if path.is_file()
    }


def _clinc(path: Path) -> tuple[Message, ...]:
    def message(line: Any) -> Message:
        return Message(_named(line["text"]), line["text"], line["text"])

    return each_line(path, jsonl_lines(path, "CLINC150"), message)


def _genuine(line: Any) -> Message:
    asked = asked_question(line)
    return Message(asked.id, str(line["url"]), asked.text)


def _named(text: str) -> str:
    return f"clinc-{hashlib.sha256(text.encode()).hexdigest()[:12]}"


def _drawn(name: str) -> bool:
    return hashlib.sha256(name.encode()).digest()[0] % _EVERY_NTH_HATE == 0
