"""From a finished turn to what the citizen sees, and to the plain JSON kept in the vault."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields, is_dataclass, replace
from datetime import datetime
from itertools import groupby
from typing import Any, assert_never

from assistant.answers import Answer, ExplainedWord, Link
from assistant.outcomes import (
    Abstained,
    Answered,
    Clarifying,
    Contact,
    Escalated,
    HelpNote,
    Outcome,
    Refused,
    Signposted,
)
from assistant.storage import as_moment, as_text
from assistant.turns import Turn
from assistant.views import (
    AnswerBlock,
    Citation,
    SourcePage,
    SummaryShown,
    TurnStatus,
    TurnView,
)
from knowledge.documents import Passage, SegmentKind
from knowledge.loaders.markdown_page import REVIEWED_BASE

BASIS_POINTS = 10_000

_BLOCK_KINDS = {
    SegmentKind.SENTENCE: "paragraph",
    SegmentKind.ITEM: "list",
    SegmentKind.STEP: "steps",
    SegmentKind.ROW: "table",
}


@dataclass(frozen=True, slots=True)
class Versions:
    """Digests of everything that shaped an answer (invariant 6)."""

    software: str
    snapshot: str
    policy: str
    embedder: str
    composer: str
    live: int

    def facts(self) -> dict[str, str | int]:
        """Return the digests as facts for a record."""
        return asdict(self)


def outcome_name(outcome: Outcome) -> str:
    """Return the outcome's name in the public interface."""
    match outcome:
        case Answered():
            return "answered"
        case Clarifying():
            return "clarifying"
        case Signposted():
            return "signposted"
        case Abstained():
            return "abstained"
        case Escalated():
            return "escalated"
        case Refused():
            return "refused"
        case _:
            assert_never(outcome)


def citations_of(answer: Answer) -> tuple[Citation, ...]:
    """Return one citation for each section quoted, in the order of first use.

    A section may be cut into several passages: all that is quoted of it, each wording once and in
    reading order, stands in its one citation.
    """
    places = _places(answer)
    sources: dict[int, Citation] = {}
    for passage, place in places.items():
        sources.setdefault(place, _source(passage))
    quotes: dict[int, dict[str, None]] = {place: {} for place in sources}
    for statement in answer.statements:
        quotes[places[statement.passage]][statement.quote] = None
    return tuple(
        replace(source, quote="\n".join(quotes[place])) for place, source in sources.items()
    )


def pages_of(answer: Answer) -> tuple[SourcePage, ...]:
    """Return the pages quoted, each once, with the places of its sections among the citations."""
    pages: dict[str, tuple[str, dict[int, None]]] = {}
    for passage, place in _places(answer).items():
        _, cited = pages.setdefault(passage.document_url, (passage.title, {}))
        cited[place] = None
    return tuple(SourcePage(url, title, tuple(cited)) for url, (title, cited) in pages.items())


def summaries_of(answer: Answer) -> tuple[SummaryShown, ...]:
    """Return the plain-language summaries that stand beside the answer."""
    places = _places(answer) if answer.summaries else {}
    return tuple(
        SummaryShown(
            text=each.plain.text,
            citation=places[each.passage],
            checked_by=each.plain.checked_by,
            checked_on=each.plain.checked_on,
        )
        for each in answer.summaries
    )


def blocks_of(answer: Answer) -> tuple[AnswerBlock, ...]:
    """Return the answer laid out in runs of one kind, lead and passage."""
    places = _places(answer)
    blocks: list[AnswerBlock] = []
    runs = groupby(answer.statements, key=lambda s: (s.passage, s.kind, s.block, s.lead, s.direct))
    for (passage, kind, _, lead, _), group in runs:
        statements = tuple(group)
        shown = bool(blocks) and blocks[-1].items[-1].endswith(lead)
        blocks.append(
            AnswerBlock(
                kind=_BLOCK_KINDS[kind],
                heading=passage.heading,
                items=tuple(statement.text for statement in statements),
                citation=places[passage],
                lead="" if shown else lead,
                numbers=tuple(s.number for s in statements if s.number),
            )
        )
    return tuple(blocks)


def view_of(
    turn: Turn,
    *,
    conversation_id: str,
    position: int,
    message: str,
    notice: str,
    versions: Versions,
    answered_at: datetime,
    help_note: HelpNote | None = None,
) -> TurnView:
    """Return the turn as its citizen sees it. The turn must have an outcome."""
    outcome = turn.outcome
    if outcome is None:
        raise ValueError("a turn without an outcome cannot be shown")
    answer = outcome.answer if isinstance(outcome, Answered) else Answer(())
    confidence = outcome.confidence if isinstance(outcome, Answered | Abstained) else None
    return TurnView(
        id=turn.id,
        conversation_id=conversation_id,
        position=position,
        status=TurnStatus.ANSWERED,
        question=turn.redacted,
        asked_at=_whole_milliseconds(turn.at),
        language=turn.language,
        question_language=turn.detected,
        outcome=outcome_name(outcome),
        reason=outcome.reason.value,
        help_note=help_note,
        message=message,
        notice=notice,
        answer=answer.text,
        blocks=blocks_of(answer),
        citations=citations_of(answer),
        pages=pages_of(answer),
        reading_age=answer.reading_age,
        explained=answer.explained,
        summaries=summaries_of(answer),
        confidence=None if confidence is None else round(confidence, 4),
        masked=turn.masked,
        choices=outcome.choices if isinstance(outcome, Clarifying) else (),
        contacts=outcome.contacts
        if isinstance(outcome, Signposted | Escalated | Abstained)
        else (),
        nearest=outcome.nearest if isinstance(outcome, Abstained) else (),
        urgent=isinstance(outcome, Signposted) and outcome.urgent,
        generated=answer.generated,
        snapshot=versions.snapshot,
        policy=versions.policy,
        answered_at=_whole_milliseconds(answered_at),
        elapsed_ms=max(0, round((answered_at - turn.at).total_seconds() * 1000)),
    )


def view_as_json(view: TurnView) -> dict[str, Any]:
    """Return the view as canonical-JSON values (no floats: confidence in basis points)."""
    value: dict[str, Any] = _plain(view)
    del value["challenge"]  # it came after what was shown, and has records of its own
    value["asked_at"] = as_text(view.asked_at)
    value["answered_at"] = as_text(view.answered_at) if view.answered_at else None
    if view.confidence is not None:
        value["confidence"] = round(view.confidence * BASIS_POINTS)
    return value


def view_from_json(value: Mapping[str, Any]) -> TurnView:
    """Return the view that `view_as_json` described.

    What was kept before pages were grouped has each section under its own address; what was kept
    before notes were shown has none.
    """
    confidence, answered_at = value["confidence"], value["answered_at"]
    return TurnView(
        **{
            **value,
            "status": TurnStatus(value["status"]),
            "asked_at": as_moment(value["asked_at"]),
            "answered_at": as_moment(answered_at) if answered_at else None,
            "confidence": None if confidence is None else confidence / BASIS_POINTS,
            "masked": tuple(value["masked"]),
            "choices": tuple(value["choices"]),
            "contacts": _contacts(value["contacts"]),
            "help_note": _help_note(value.get("help_note")),
            "nearest": tuple(Link(**link) for link in value["nearest"]),
            "citations": tuple(
                Citation(**{**c, "nations": tuple(c["nations"])}) for c in value["citations"]
            ),
            "pages": tuple(
                SourcePage(**{**p, "citations": tuple(p["citations"])})
                for p in value.get("pages", _ungrouped(value["citations"]))
            ),
            "explained": tuple(ExplainedWord(**word) for word in value.get("explained", ())),
            "summaries": tuple(SummaryShown(**each) for each in value.get("summaries", ())),
            "blocks": tuple(
                AnswerBlock(**{**b, "items": tuple(b["items"]), "numbers": tuple(b["numbers"])})
                for b in value["blocks"]
            ),
        }
    )


def _contacts(held: Sequence[Mapping[str, str]]) -> tuple[Contact, ...]:
    return tuple(Contact(**contact) for contact in held)


def _help_note(held: Mapping[str, Any] | None) -> HelpNote | None:
    return HelpNote(held["text"], _contacts(held["contacts"])) if held else None


def _whole_milliseconds(moment: datetime) -> datetime:
    """Return the moment as it will be read again, so that a repeat shows the very same turn."""
    return as_moment(as_text(moment))


def _ungrouped(citations: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [
        {"url": each["url"], "title": each["title"], "citations": [place]}
        for place, each in enumerate(citations)
    ]


def _places(answer: Answer) -> dict[Passage, int]:
    """Return the place of each quoted passage's section among the citations."""
    places: dict[Citation, int] = {}
    return {
        passage: places.setdefault(_source(passage), len(places)) for passage in answer.passages
    }


def _source(passage: Passage) -> Citation:
    """Return the passage's section as a citation that quotes nothing yet."""
    return Citation(
        url=passage.url,
        title=passage.title,
        heading=" – ".join(passage.headings),
        quote="",
        updated=passage.updated,
        publisher=passage.publisher,
        licence=passage.licence,
        nations=passage.nations,
        starter=bool(passage.official_url) and not passage.document_url.startswith(REVIEWED_BASE),
        official_url=passage.official_url,
        official_title=passage.official_title,
        language=passage.language,
    )


def _plain(value: Any) -> Any:
    """Return frozen values as mappings and tuples as lists; texts and numbers as they are."""
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if is_dataclass(value):
        return {each.name: _plain(getattr(value, each.name)) for each in fields(value)}
    return value
