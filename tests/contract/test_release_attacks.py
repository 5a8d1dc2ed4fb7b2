"""Attacks on the board's word and on the rows of releases, on both databases."""

import random
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from sqlalchemy import insert, update

from assistant.board import Act, BoardWord, sign_text_as, sign_word
from assistant.errors import (
    AssistantError,
    BoardKeyRefused,
    BoardNoteRefused,
    ReleaseMoveRefused,
    ReleaseUnexamined,
)
from assistant.releases import ReleaseState, Status, Verdict
from assistant.storage import board_keys, evaluation_records, release_moves
from audit.events import Event, Kind
from tests.assisting import FIRST, SECOND
from tests.databases import NewDatabase
from tests.releasing import (
    BOARD,
    BOARD_SEED,
    OTHER,
    OTHER_SEED,
    STRANGER,
    STRANGER_SEED,
    Releasing,
    a_gated_world,
    unchanged,
)


@pytest.fixture
def made(new_database: NewDatabase) -> Iterator[Releasing]:
    with a_gated_world(new_database) as opened:
        yield opened


# ---- attacks on the override -------------------------------------------------------------------


@pytest.fixture
def failing(made: Releasing) -> ReleaseState:
    made.register_board()
    return made.proposed(FIRST, verdict=Verdict.FAILED)


def word_of(made: Releasing, seen: ReleaseState) -> BoardWord:
    return made.releases.word(seen, Act.OVERRIDE, "Ann", "urgent")


def overriding(made: Releasing, seen: ReleaseState, note: str) -> Callable[[], object]:
    return lambda: made.releases.override(seen, "Ann", "urgent", note)


def test_nobody_overrides_without_a_word(made: Releasing) -> None:
    state = made.proposed(FIRST, verdict=Verdict.FAILED)
    unsigned = overriding(made, state, "")
    assert "board-key new" in unchanged(made, unsigned, BoardNoteRefused)
    made.register_board()
    assert "--key FILE" in unchanged(made, unsigned, BoardKeyRefused)


def test_an_override_forged_with_a_key_of_the_same_name_is_refused(
    made: Releasing, failing: ReleaseState
) -> None:
    note = sign_word(word_of(made, failing), STRANGER, STRANGER_SEED)
    unchanged(made, overriding(made, failing, note), BoardNoteRefused)


@pytest.mark.parametrize(
    "change",
    [
        {"log": "another.example/log"},
        {"act": Act.APPROVE},
        {"about": "0" * 64},
        {"answers": "another record"},
        {"by": "Bea"},
        {"reason": "other reasons"},
    ],
)
def test_an_override_of_something_else_is_refused(
    made: Releasing, failing: ReleaseState, change: dict[str, str]
) -> None:
    word = replace(word_of(made, failing), **change)  # type: ignore[arg-type]
    note = sign_word(word, BOARD, BOARD_SEED)
    assert "something else" in unchanged(made, overriding(made, failing, note), BoardNoteRefused)


def test_an_override_of_another_release_is_refused(made: Releasing, failing: ReleaseState) -> None:
    other = made.proposed(SECOND, verdict=Verdict.FAILED)
    unchanged(made, overriding(made, failing, made.signed(other)), BoardNoteRefused)


def test_an_override_is_used_once(made: Releasing, failing: ReleaseState) -> None:
    note = made.signed(failing)
    overridden = made.releases.override(failing, "Ann", "urgent", note)
    unchanged(made, overriding(made, failing, note), ReleaseMoveRefused)
    unchanged(made, overriding(made, overridden, note), ReleaseMoveRefused)
    made.releases.refuse(overridden, "Bea", "a mistake")
    again = made.proposed(FIRST, verdict=Verdict.FAILED)
    unchanged(made, overriding(made, again, note), BoardNoteRefused)
    assert made.releases.figures(gated=True).overrides == 1


@pytest.mark.parametrize("days", [-8, 1])
def test_an_override_of_another_day_is_refused(
    made: Releasing, failing: ReleaseState, days: int
) -> None:
    made.world.clock.pass_(days=days)
    note = made.signed(failing)
    made.world.clock.pass_(days=-days)
    assert "dated" in unchanged(made, overriding(made, failing, note), BoardNoteRefused)


def test_an_override_with_anything_changed_is_refused(
    made: Releasing, failing: ReleaseState
) -> None:
    note = made.signed(failing)
    rng = random.Random(4)
    for _ in range(60):
        at = rng.randrange(len(note))
        bent = note[:at] + chr(ord(note[at]) ^ 1) + note[at + 1 :]
        with pytest.raises(AssistantError):
            made.releases.override(failing, "Ann", "urgent", bent)
    for bent in (
        note[:-1],
        note + note,
        note.replace("urgent", "urgent\nby Bea"),
        "x",
        "\n\n— a b",
    ):
        unchanged(made, overriding(made, failing, bent), BoardNoteRefused)
    assert made.releases.override(failing, "Ann", "urgent", note).overridden


def test_a_board_key_signs_nothing_but_a_word(made: Releasing, failing: ReleaseState) -> None:
    text = word_of(made, failing).text
    assert sign_text_as(text, BOARD, BOARD_SEED) == made.signed(failing)
    with made.world.database.read() as connection:
        checkpoint = made.world.log.checkpoint(connection).split("\n\n")[0] + "\n"
    for other in ("", "hello\n", checkpoint, text + "more\n", text[:-1], text.replace("v1", "v2")):
        with pytest.raises(BoardNoteRefused):
            sign_text_as(other, BOARD, BOARD_SEED)
    with pytest.raises(BoardNoteRefused):
        sign_text_as(text, OTHER, BOARD_SEED)


def test_where_there_is_a_board_its_word_approves(made: Releasing) -> None:
    state = made.proposed(FIRST)
    made.register_board()
    unchanged(made, lambda: made.releases.approve(state, "Olu", "I say so"), BoardKeyRefused)
    unchanged(
        made,
        lambda: made.releases.approve(state, "Ann", "urgent", made.signed(state, Act.OVERRIDE)),
        BoardNoteRefused,
    )
    approved = made.releases.approve(state, "Ann", "urgent", made.signed(state, Act.APPROVE))
    assert (approved.status, approved.overridden) == (Status.APPROVED, False)


def test_only_the_board_adds_to_the_board(made: Releasing) -> None:
    made.register_board()
    register = made.releases.register
    unchanged(made, lambda: register(OTHER, "Olu", "mine"), BoardKeyRefused)
    word = made.releases.key_word(Act.REGISTER, OTHER, "Olu", "mine")
    own = sign_word(word, OTHER, OTHER_SEED)
    unchanged(made, lambda: register(OTHER, "Olu", "mine", own), BoardNoteRefused)
    unchanged(made, lambda: register(STRANGER, "Olu", "mine", own), BoardKeyRefused)
    register(OTHER, "Olu", "mine", sign_word(word, BOARD, BOARD_SEED))
    assert made.releases.board_keys() == (BOARD, OTHER)
    unchanged(made, lambda: register(OTHER, "Olu", "again"), BoardKeyRefused)


def test_a_retired_key_decides_nothing_more_and_what_it_decided_stands(made: Releasing) -> None:
    made.register_board()
    retire = made.releases.retire
    word = made.releases.key_word(Act.RETIRE, BOARD, "Ann", "leaving")
    said = sign_word(word, BOARD, BOARD_SEED)
    unchanged(made, lambda: retire(BOARD, "Ann", "leaving", said), BoardKeyRefused)
    joined = made.releases.key_word(Act.REGISTER, OTHER, "Bob", "joining")
    made.releases.register(OTHER, "Bob", "joining", sign_word(joined, BOARD, BOARD_SEED))
    state = made.proposed(FIRST, verdict=Verdict.FAILED)
    made.releases.override(state, "Ann", "urgent", made.signed(state))
    retire(BOARD, "Ann", "leaving", said)
    made.operations.activate(FIRST, {})
    later = made.proposed(SECOND, verdict=Verdict.FAILED)
    unchanged(made, overriding(made, later, made.signed(later)), BoardNoteRefused)
    again = sign_word(made.releases.key_word(Act.REGISTER, BOARD, "Ann", "back"), OTHER, OTHER_SEED)
    unchanged(made, lambda: made.releases.register(BOARD, "Ann", "back", again), BoardKeyRefused)


# ---- a database that somebody wrote into -------------------------------------------------------


def test_an_approval_that_the_log_does_not_know_is_not_believed(made: Releasing) -> None:
    state = made.proposed(FIRST, verdict=Verdict.FAILED)
    with made.world.database.write() as connection:
        connection.execute(update(evaluation_records).values(verdict="passed"))
        connection.execute(
            insert(release_moves).values(
                record_id="forged",
                release=state.digest,
                position=1,
                kind="approved",
                who="Ann",
                reason="all has passed",
                note="",
                at="2026-03-02T12:00:00.000Z",
            )
        )
    said = unchanged(made, lambda: made.operations.activate(FIRST, {}), ReleaseUnexamined)
    assert "signpost-audit verify" in said


def test_a_verdict_changed_after_it_was_recorded_is_not_believed(made: Releasing) -> None:
    state = made.proposed(FIRST, verdict=Verdict.FAILED)
    with made.world.database.write() as connection:
        connection.execute(update(evaluation_records).values(verdict="passed"))
    state = made.releases.find(state.digest)
    made.releases.approve(state, "Olu", "looks well")
    unchanged(made, lambda: made.operations.activate(FIRST, {}), ReleaseUnexamined)


@pytest.mark.parametrize("recorded", [False, True])
def test_an_override_by_a_key_slipped_into_the_table_is_not_believed(
    made: Releasing, recorded: bool
) -> None:
    """Not even with a record of the override in the log: the key's own registration is missing."""
    made.register_board()
    state = made.proposed(FIRST, verdict=Verdict.FAILED)
    word = word_of(made, state)
    note = sign_word(word, OTHER, OTHER_SEED)
    facts = {"by": "Ann", "reason": "urgent", "note": note, "release": state.digest}
    with made.world.database.write() as connection:
        record_id = "forged"
        if recorded:
            event = Event(Kind.RELEASE_OVERRIDDEN, facts)
            (appended,) = made.world.log.append(connection, [event])
            record_id = appended.record_id
        connection.execute(
            insert(board_keys).values(verifier_key=str(OTHER), record_id="forged", registered_at="")
        )
        connection.execute(
            insert(release_moves).values(
                record_id=record_id,
                release=state.digest,
                position=1,
                kind="overridden",
                who="Ann",
                reason="urgent",
                note=note,
                at="2026-03-02T12:00:00.000Z",
            )
        )
    unchanged(made, lambda: made.operations.activate(FIRST, {}), ReleaseUnexamined)
