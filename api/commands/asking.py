"""Asking from the command line: one question, or a batch that anyone can evaluate."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from time import perf_counter
from typing import Annotated, Any

import typer
from rich.progress import track

from api.bootstrap import Home, OpenedGuidance, new_id, now
from api.commands.guidance import ensure_starter
from api.commands.running import errors, fail, opened_home, output
from assistant.follow_ups import FollowUpRules
from assistant.outcomes import Abstained, Contact, Outcome, Reason
from assistant.pipeline import answer, hear, sort
from assistant.policy import Policy
from assistant.presentation import view_of
from assistant.text import RawText, RedactedText
from assistant.turns import Exchange, Turn
from assistant.views import AnswerBlock, TurnView
from evaluation.cases import AnswerGiven, CitedSection, Question, read_questions
from knowledge.retrieval import Hit

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Batch = Annotated[Path | None, typer.Option("--batch", help="JSONL of questions to read.")]
Out = Annotated[Path | None, typer.Option("--out", help="JSONL to write.")]
SnapshotName = Annotated[
    str,
    typer.Option("--snapshot", help="A snapshot that is not live (never for citizens)."),
]


def ask(
    question: Annotated[str, typer.Argument(help="The question, in quotation marks.")] = "",
    as_json: Json = False,
    batch: Batch = None,
    out: Out = None,
    snapshot: SnapshotName = "",
) -> None:
    """Ask a question as a citizen would, recorded in the audit log; or a batch, unrecorded."""
    with opened_home() as home:
        if batch is not None:
            _write_lines(out, _answers(home, read_questions(batch), snapshot))
            return
        if not question.strip():
            fail('Write the question in quotation marks: signpost ask "How do I …?"')
        if snapshot:
            asker = BatchAsker(home, opened_guidance(home, snapshot))
            _print_given(asker.view(Question("1", question)), as_json)
            return
        ensure_starter(home)
        conversation = home.assistant.start()
        view = home.assistant.ask(conversation.id, RawText(question), "1")
        _print_given(view, as_json)


def search(
    question: Annotated[str, typer.Argument(help="What to look for.")] = "",
    as_json: Json = False,
    batch: Batch = None,
    out: Out = None,
    k: Annotated[int, typer.Option("-k", min=1, max=1000, help="Passages to return.")] = 5,
    snapshot: SnapshotName = "",
) -> None:
    """Show the passages that a question finds, best first."""
    with opened_home() as home:
        if not snapshot:
            ensure_starter(home)
        guidance = opened_guidance(home, snapshot)
        if batch is not None:
            questions = read_questions(batch)
            _write_lines(out, _found(home, guidance, questions, k))
            return
        if not question.strip():
            fail('Write what to look for: signpost search "renew a passport"')
        hits = home.finder(guidance, k)(RawText(question), ())
        if as_json:
            output.print_json(json.dumps([_passage(hit) for hit in hits]))
            return
        for hit in hits:
            output.print(f"[bold]{hit.score:.3f}[/] {hit.passage.url}")
            output.print(hit.passage.heading, style="bold", markup=False)
            output.print(hit.passage.text + "\n", markup=False)


class BatchAsker:
    """Asks over a snapshot without a conversation, a key or a record: for evaluating only."""

    def __init__(
        self,
        home: Home,
        guidance: OpenedGuidance,
        follow_ups: FollowUpRules | None = None,
        policy: Policy | None = None,
    ) -> None:
        self._steps = home.steps_over(guidance, follow_ups=follow_ups, policy=policy)
        self._versions = home.versions_of(guidance.version)
        self._policy = home.policy

    def __call__(self, question: Question) -> AnswerGiven:
        """Return what the assistant makes of the question."""
        begun = perf_counter()
        view = self.view(question)
        return AnswerGiven(
            id=question.id,
            outcome=view.outcome,  # type: ignore[arg-type]
            reason=view.reason,
            confidence=view.confidence,
            answer=view.answer or view.message,
            citations=tuple(
                CitedSection(c.url, c.title, c.heading, c.quote, c.updated) for c in view.citations
            ),
            elapsed_ms=round((perf_counter() - begun) * 1000, 3),
            snapshot=view.snapshot,
            policy=view.policy,
        )

    def sorted(self, text: str) -> str:
        """Return the reason why the rules stop a message, or "" where it would be looked up."""
        outcome = sort(Turn(new_id(), RawText(text), now()), self._steps).outcome
        return outcome.reason.value if outcome else ""

    def noted(self, text: str) -> bool:
        """Say whether a message that no rule stops gets a note and help lines before its answer."""
        turn = hear(Turn(new_id(), RawText(text), now()), self._steps)
        return turn.outcome is None and turn.maybe is not None

    def turn(self, text: str, history: tuple[Exchange, ...] = ()) -> Turn:
        """Return the finished turn of a message, as the pipeline leaves it."""
        return answer(Turn(new_id(), RawText(text), now(), history=history), self._steps)

    def view(self, question: Question) -> TurnView:
        """Return the turn as a citizen would see it."""
        history = exchanges(question)
        turn = self.turn(question.text, history)
        outcome: Outcome = turn.outcome or Abstained(Reason.SYSTEM_FAULT)
        return view_of(
            turn,
            conversation_id="",
            position=len(history),
            message=self._policy.message(
                outcome, turn.language, turn.detected, "", turn.nation, turn.marks
            ),
            notice=self._policy.wording(turn.language).masked_notice(turn.masked),
            versions=self._versions,
            answered_at=now(),
            help_note=self._policy.help_note(turn.maybe, turn.language),
        )


def opened_guidance(home: Home, snapshot: str) -> OpenedGuidance:
    if snapshot:
        return home.opened(home.library.open(snapshot, home.embedder))
    live = home.operations.state().snapshot
    if live is None:
        fail(
            "No snapshot is live. Run `signpost ingest SOURCE --activate`, or name one: --snapshot."
        )
    return home.open_guidance(live)


def _answers(home: Home, questions: Sequence[Question], snapshot: str) -> Iterator[dict[str, Any]]:
    if not snapshot:
        ensure_starter(home)
    asker = BatchAsker(home, opened_guidance(home, snapshot))
    for question in track(questions, "Asking", console=errors):
        given = asker(question)
        yield {
            "id": given.id,
            "outcome": given.outcome,
            "reason": given.reason,
            "confidence": given.confidence,
            "answer": given.answer,
            "citations": [
                {
                    "url": c.url,
                    "title": c.title,
                    "heading": c.heading,
                    "quote": c.quote,
                    "updated": c.updated,
                }
                for c in given.citations
            ],
            "snapshot": given.snapshot,
            "policy": given.policy,
            "elapsed_ms": given.elapsed_ms,
        }


def _found(
    home: Home, guidance: OpenedGuidance, questions: Sequence[Question], k: int
) -> Iterator[dict[str, Any]]:
    search = home.finder(guidance, k)
    for question in track(questions, "Searching", console=errors):
        hits = search(RawText(question.text), exchanges(question))
        yield {"id": question.id, "passages": [_passage(hit) for hit in hits]}


def exchanges(question: Question) -> tuple[Exchange, ...]:
    """Return the question's history as the pipeline takes it."""
    return tuple(
        Exchange(RedactedText(earlier.question), earlier.answer, earlier.title, url=earlier.url)
        for earlier in question.history
    )


def _passage(hit: Hit) -> dict[str, str | float]:
    return {
        "url": hit.passage.url,
        "title": hit.passage.title,
        "heading": " – ".join(hit.passage.headings),
        "text": hit.passage.text,
        "score": round(hit.score, 6),
    }


def _write_lines(out: Path | None, lines: Iterator[dict[str, Any]]) -> None:
    """Write to a file beside the wanted one first, so that a failed batch leaves no half."""
    if out is None:
        fail("Say where to write: --out FILE.jsonl")
    draft = out.with_name(f".{out.name}.part")
    try:
        with draft.open("w", encoding="utf-8") as file:
            for line in lines:
                file.write(json.dumps(line, ensure_ascii=False) + "\n")
        draft.replace(out)
    except OSError as error:
        fail(f"{out} cannot be written: {error.strerror}")
    finally:
        draft.unlink(missing_ok=True)


def _print_given(view: TurnView, as_json: bool) -> None:
    if as_json:
        output.print_json(json.dumps(_shown(view), ensure_ascii=False))
        return
    if view.help_note:
        output.print(view.help_note.text, markup=False)
        _print_contacts(view.help_note.contacts)
        output.print()
    output.print(view.message + "\n", markup=False)
    if view.notice:
        output.print(view.notice + "\n", markup=False)
    heading = ""
    for block in view.blocks:
        if block.heading != heading:
            output.print(block.heading, style="bold", markup=False)
        heading = block.heading
        for line in block_lines(block):
            output.print(line, markup=False)
        output.print()
    _print_help(view)
    for citation in view.citations:
        updated = f" (updated {citation.updated})" if citation.updated else ""
        heading = f" – {citation.heading}" if citation.heading else ""
        output.print(f"Source: {citation.title}{heading}{updated}", markup=False)
        output.print(f"  {citation.url}", markup=False)
        if citation.official_url:
            output.print(f"  Official page: {citation.official_url}", markup=False)
    _print_contacts(view.contacts)
    for choice in view.choices:
        output.print(f"- {choice}", markup=False)
    for link in view.nearest:
        other = f" ({link.language})" if link.language != view.language else ""
        output.print(f"Maybe: {link.title}{other} {link.url}", markup=False)


def _print_contacts(contacts: Sequence[Contact]) -> None:
    for contact in contacts:
        output.print(f"{contact.name}: {contact.phone} {contact.url}".rstrip(), markup=False)


def _print_help(view: TurnView) -> None:
    """Print what helps to read an answer, and what to do next."""
    if view.explained:
        output.print("Words explained:", markup=False)
    for explained in view.explained:
        output.print(f"  {explained.word}: {explained.meaning}", markup=False)
    if view.explained:
        output.print()
    for summary in view.summaries:
        section = view.citations[summary.citation]
        checked = (
            f"checked by {summary.checked_by} on {summary.checked_on}"
            if summary.checked_by
            else "which nobody has checked yet"
        )
        about = section.heading or section.title
        output.print(f"Summary in plain words of “{about}”, {checked}.", markup=False)
        output.print("The guidance itself is the quotation above.", markup=False)
        output.print(f"  {summary.text}\n", markup=False)
    if view.next_page is not None:
        updated = f" (updated {view.next_page.updated})" if view.next_page.updated else ""
        output.print("What to do next: read the whole page before you act.", markup=False)
        output.print(f"  {view.next_page.title}{updated}", markup=False)
        output.print(f"  {view.next_page.url}\n", markup=False)


def block_lines(block: AnswerBlock) -> Iterator[str]:
    """Yield a block of an answer as lines of plain text."""
    if block.lead:
        yield block.lead
    for place, item in enumerate(block.items):
        match block.kind:
            case "list":
                yield f"• {item}"
            case "steps":
                yield f"{block.numbers[place]}. {item}"
            case _:
                yield item


def _shown(view: TurnView) -> dict[str, Any]:
    return {
        "outcome": view.outcome,
        "reason": view.reason,
        "confidence": view.confidence,
        "help_note": asdict(view.help_note) if view.help_note else None,
        "message": view.message,
        "answer": view.answer,
        "citations": [
            {
                "url": c.url,
                "title": c.title,
                "heading": c.heading,
                "quote": c.quote,
                "updated": c.updated,
            }
            for c in view.citations
        ],
        "reading_age": view.reading_age,
        "explained": [{"word": each.word, "meaning": each.meaning} for each in view.explained],
        "summaries": [
            {
                "url": view.citations[each.citation].url,
                "text": each.text,
                "checked_by": each.checked_by,
                "checked_on": each.checked_on,
            }
            for each in view.summaries
        ],
        "next_page": asdict(view.next_page) if view.next_page else None,
        "snapshot": view.snapshot,
        "policy": view.policy,
        "record": view.record,
        "elapsed_ms": view.elapsed_ms,
    }
