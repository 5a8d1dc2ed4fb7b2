"""The one place that talks to a language model, through LangChain.

The model sees the masked question and numbered lines of guidance, and must end each sentence with
the number of the line that says it. What it writes is only a proposal: the same grounding as for
quotations decides whether a citizen sees it, and quotation answers whenever it does not.
"""

import hashlib
import queue
import re
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from importlib.resources import files
from typing import Any

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import HumanMessage, SystemMessage

from assistant.answers import Answer, Statement
from assistant.text import RedactedText
from assistant.turns import Turn
from knowledge.documents import Passage, Segment
from knowledge.retrieval import Hit

NO_ANSWER = "NO ANSWER"
PASSAGES = 5
_CITED = re.compile(r"\s*\[(\d{1,4})\]\s*$")
_BULLET = re.compile(r"^\s*(?:[-•*]|\d+[.)])\s+")


@dataclass(frozen=True, slots=True)
class ChatModel:
    """A language model, how long it may take (seconds), and its name for the record."""

    model: BaseChatModel
    name: str
    timeout: float = 20.0

    @property
    def digest(self) -> str:
        """Return the model's name and the digest of the prompt it is given."""
        return f"{self.name} prompt:{hashlib.sha256(_prompt().encode()).hexdigest()[:16]}"


def open_model(name: str, *, url: str = "", key: str = "", timeout: float = 20.0) -> ChatModel:
    """Return the chat model that LangChain knows as `name` ("openai:gpt-4.1-mini").

    `url` is the address of an OpenAI-compatible server. Raises ValueError or ImportError, with
    LangChain's explanation, for a provider that is not known or not installed.
    """
    from langchain.chat_models import init_chat_model

    options: dict[str, Any] = {"temperature": 0, "timeout": timeout, "max_retries": 1}
    if url:
        options["base_url"] = url
        options["model_provider"] = "openai"
        name = name.removeprefix("openai:")
    if key or url:
        options["api_key"] = key or "not-needed"
    model: BaseChatModel = init_chat_model(name, **options)
    return ChatModel(model, name, timeout)


def write(
    chat: ChatModel, quote: Callable[[Turn], Turn], words: int = 120
) -> Callable[[Turn], Turn]:
    """Return the step that lets the model word the answer, and quotes when it cannot.

    An answer of more than `words` words is not taken.
    """

    def step(turn: Turn) -> Turn:
        lines = tuple(_lines(turn.hits[:PASSAGES]))
        try:
            reply = _within(chat.timeout, chat.model, _messages(_asked(turn), lines))
        except Exception as fault:  # noqa: BLE001  (any provider's any failure: quotation answers)
            quoted = quote(turn)
            return quoted.note("model failed, quoted", error=type(fault).__name__)
        answer = parse_reply(reply, lines)
        if answer is None or answer.words > words:
            quoted = quote(turn)
            return quoted.note("model gave no usable answer, quoted")
        noted = turn.note("written", statements=len(answer.statements), words=answer.words)
        return replace(noted, answer=answer)

    return step


def _within(
    seconds: float, model: BaseChatModel, messages: list[SystemMessage | HumanMessage]
) -> str:
    """Return the model's reply, or raise TimeoutError when it takes longer, all in all.

    A provider's own timeout starts again with every byte, so a trickle could hold a citizen up
    without end. The thread that still listens then is left to end by itself.
    """
    replies: queue.SimpleQueue[str | Exception] = queue.SimpleQueue()

    def ask() -> None:
        try:
            replies.put(str(model.invoke(messages).text))
        except Exception as fault:  # noqa: BLE001  (raised again for the caller)
            replies.put(fault)

    threading.Thread(target=ask, name="language model", daemon=True).start()
    try:
        reply = replies.get(timeout=seconds)
    except queue.Empty:
        raise TimeoutError(f"no answer from {model.get_name()} within {seconds} s") from None
    if isinstance(reply, Exception):
        raise reply
    return reply


def parse_reply(reply: str, lines: Sequence[tuple[Passage, Segment]]) -> Answer | None:
    """Return the answer a model wrote, or None when any sentence cites no line that was given."""
    statements = []
    for written in reply.splitlines():
        if not written.strip():
            continue
        cited = _CITED.search(written)
        if cited is None or not 1 <= int(cited[1]) <= len(lines):
            return None
        passage, segment = lines[int(cited[1]) - 1]
        text = _BULLET.sub("", written[: cited.start()]).strip()
        if not text or _CITED.search(text):
            return None
        statements.append(
            Statement(text=text, quote=segment.text, passage=passage, block=segment.block)
        )
    return Answer(tuple(statements), generated=True) if statements else None


def _lines(hits: Sequence[Hit]) -> list[tuple[Passage, Segment]]:
    return [(hit.passage, segment) for hit in hits for segment in hit.passage.segments]


def _asked(turn: Turn) -> RedactedText:
    """Return the question as it reads, after those it leans on. Masks stay: they are words here."""
    leans = turn.background is not None and turn.background.leaning >= 0.5
    earlier = turn.background.questions if turn.background and leans else ()
    return RedactedText(". ".join((*earlier, turn.redacted)))


def _messages(
    question: RedactedText, lines: Sequence[tuple[Passage, Segment]]
) -> list[SystemMessage | HumanMessage]:
    guidance = []
    shown = ""
    for number, (passage, segment) in enumerate(lines, start=1):
        if passage.heading != shown:
            shown = passage.heading
            guidance.append(f"\n{shown}")
        guidance.append(f"[{number}] {f'{segment.lead} {segment.text}'.strip()}")
    body = "\n".join(guidance)
    return [
        SystemMessage(_prompt()),
        HumanMessage(f"Guidance:\n{body}\n\nQuestion:\n{question}"),
    ]


def _prompt() -> str:
    return files("assistant").joinpath("prompts/answer.txt").read_text(encoding="utf-8")
