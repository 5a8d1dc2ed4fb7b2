"""People who act on a case at the same moment, and processes that die: on both databases alike."""

import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import select

from assistant.errors import (
    AssistantError,
    CaseMoved,
    CaseUnknown,
    ConversationUnknown,
)
from assistant.escalations.people import StaffMember
from assistant.escalations.states import LEGAL, MoveKind, Status
from assistant.escalations.tables import case_messages, case_moves
from assistant.text import RawText
from assistant.views import TurnStatus
from audit.events import Kind
from audit.verify import verify_database
from tests.assisting import open_world
from tests.casework import ANN, ANSWERED, BOB, QUESTION, SUE, Centre, a_centre
from tests.databases import NewDatabase

ROOT = Path(__file__).parents[2]
CROWD = [StaffMember(f"staff-{n}", f"Adviser{n}") for n in range(8)]


@pytest.fixture
def centre(new_database: NewDatabase) -> Iterator[Centre]:
    with a_centre(new_database) as opened:
        yield opened


def at_once(*acts: Callable[[], object]) -> list[object]:
    """Act at the same moment; return what came of each, faults of ours as values."""
    ready = threading.Barrier(len(acts))

    def make(act: Callable[[], object]) -> object:
        ready.wait()
        try:
            return act()
        except AssistantError as fault:
            return fault

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(make, acts))


def test_of_eight_who_claim_at_once_exactly_one_wins_and_seven_learn_who(centre: Centre) -> None:
    """Where the last click wins silently, 93 conversations were taken twice in one day."""
    for _ in range(5):
        case = centre.waiting()
        came = at_once(
            *[
                lambda by=by, case=case: centre.cases.claim(case.id, case.version, by)  # type: ignore[misc]
                for by in CROWD
            ]
        )
        losers = [each for each in came if isinstance(each, CaseMoved)]
        assert len(losers) == 7
        holder = centre.now(case)
        assert {fault.who for fault in losers} == {holder.holder_name}
        assert {fault.what for fault in losers} == {"claimed"}
        assert all(fault.when for fault in losers)
    assert len(centre.records(Kind.CASE_CLAIMED)) == 5


def test_of_two_who_claim_in_two_processes_worlds_one_wins(new_database: NewDatabase) -> None:
    with a_centre(new_database) as centre:
        case = centre.waiting()
        with open_world(
            centre.world.url, centre.world.keys_url, prefix="z", staffed=lambda connection: True
        ) as other:
            assert other.cases is not None
            theirs = other.cases
            came = at_once(
                lambda: centre.cases.claim(case.id, case.version, ANN),
                lambda: theirs.claim(case.id, case.version, BOB),
            )
        assert [type(each) for each in came].count(CaseMoved) == 1


def test_different_moves_at_once_leave_one(centre: Centre) -> None:
    case = centre.claimed()
    came = at_once(
        lambda: centre.cases.reply(case.id, case.version, ANN, "Here is the form.", "k"),
        lambda: centre.cases.transfer(case.id, case.version, SUE, "welsh", "speaks Welsh"),
        lambda: centre.cases.resolve(case.id, case.version, SUE, ANSWERED),
        lambda: centre.cases.hand_over(case.id, case.version, SUE, BOB, "Ann is ill"),
    )
    assert [type(each) for each in came].count(CaseMoved) == 3
    assert centre.now(case).version == case.version + 1
    assert len(centre.cases.history(case.id)) == 3


def test_one_key_sends_one_reply_however_many_times_the_form_comes(centre: Centre) -> None:
    case = centre.claimed()
    came = at_once(
        *[
            lambda: centre.cases.reply(case.id, case.version, ANN, "Here is the form.", "k")
            for _ in range(8)
        ]
    )
    assert len({str(each) for each in came}) == 1
    assert len(centre.records(Kind.CASE_REPLIED)) == 1
    assert len(centre.view(case).messages) == 1


def test_asking_and_asking_again_at_once_opens_one_case(centre: Centre) -> None:
    conversation = centre.world.assistant.start()
    ask = centre.world.assistant.ask_for_person
    at_once(*[lambda: ask(conversation.id) for _ in range(8)])
    assert len(centre.everything()) == 1
    assert len(centre.records(Kind.CASE_OPENED)) == 1


def test_a_claim_and_an_answer_at_once_never_give_two_voices(centre: Centre) -> None:
    ask = centre.world.assistant.ask
    for number in range(8):
        case = centre.waiting()
        shown, _ = at_once(
            lambda case=case, n=number: ask(case.conversation_id, RawText(QUESTION), f"k{n}"),  # type: ignore[misc]
            lambda case=case: centre.cases.claim(case.id, case.version, ANN),  # type: ignore[misc]
        )
        claimed = centre.cases.history(case.id)[1]
        assert claimed.kind is MoveKind.CLAIMED
        records = {r.record_id: r.index for r in centre.records(*Kind)}
        silent = shown.status is TurnStatus.SILENT  # type: ignore[attr-defined]
        after_claim = records[shown.record] > records[claimed.record]  # type: ignore[attr-defined]
        assert silent is after_claim
        assert len(centre.cases.read(case.id, ANN).messages) == int(silent)


def test_citizens_who_write_while_advisers_reply_lose_nothing(centre: Centre) -> None:
    case = centre.claimed()

    def write(text: str) -> None:
        centre.world.assistant.ask(case.conversation_id, RawText(text), text)

    def reply(text: str) -> None:
        for _ in range(50):
            now = centre.now(case)
            try:
                centre.cases.reply(case.id, now.version, ANN, text, text)
            except CaseMoved:
                continue
            return
        raise AssertionError("never came through")

    at_once(
        *[lambda n=n: write(f"Message {n}") for n in range(5)],  # type: ignore[misc]
        *[lambda n=n: reply(f"Reply {n}") for n in range(3)],  # type: ignore[misc]
    )
    messages = centre.cases.read(case.id, ANN).messages
    assert sorted(m.text for m in messages) == sorted(
        [*(f"Message {n}" for n in range(5)), *(f"Reply {n}" for n in range(3))]
    )
    assert [m.position for m in messages] == list(range(8))
    indices = {r.record_id: r.index for r in centre.records(*Kind)}
    order = [indices[m.record] for m in messages]
    assert order == sorted(order)


@pytest.mark.parametrize("round_", range(3))
def test_erasing_while_people_work_ends_in_no_fault(centre: Centre, round_: int) -> None:
    case = centre.claimed(QUESTION)
    came = at_once(
        lambda: centre.world.assistant.erase(case.conversation_id),
        lambda: centre.cases.read(case.id, ANN),
        lambda: centre.cases.reply(case.id, case.version, ANN, "Here is the form.", "k"),
        lambda: centre.cases.note(case.id, BOB, "A note.", "n"),
        lambda: centre.world.assistant.ask_for_person(case.conversation_id),
    )
    faults = {type(each) for each in came if isinstance(each, Exception)}
    assert faults <= {CaseUnknown, ConversationUnknown}
    assert centre.now(case).status is Status.EXPIRED


def test_readers_of_the_outbox_miss_nothing_however_many_write(centre: Centre) -> None:
    """Ids come in commit order: whoever reads on from the last id seen has seen all before it."""
    seen: list[int] = []
    stop = threading.Event()

    def follow() -> None:
        while True:
            last = stop.is_set()
            seen.extend(row.id for row in centre.announced(seen[-1] if seen else -1))
            if last:
                return

    reader = threading.Thread(target=follow)
    reader.start()
    at_once(*[lambda: [centre.replied() for _ in range(3)] for _ in range(4)])
    stop.set()
    reader.join()
    assert seen == [row.id for row in centre.announced()]
    assert len(seen) == 36


def test_a_process_killed_between_moves_leaves_nothing_half_stored(
    new_database: NewDatabase,
) -> None:
    url, keys_url = new_database(), new_database()
    rng = random.Random(5)
    told: list[tuple[str, str]] = []
    for prefix in "abcd":
        command = [sys.executable, "-m", "tests.casework", url, keys_url, prefix, "1000"]
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        lines = [process.stdout.readline()]
        time.sleep(rng.uniform(0.1, 0.5))
        process.send_signal(signal.SIGKILL)
        lines += process.stdout.read().splitlines(keepends=True)
        process.stdout.close()
        process.wait()
        whole = [line.split() for line in lines if line.endswith("\n")]
        told.extend((case, version) for case, _, version in whole)
    assert len(told) > 20
    with open_world(url, keys_url, prefix="z", staffed=lambda connection: True) as world:
        assert world.cases is not None
        centre = Centre(world, world.cases)
        world.assistant.close_half_done(all_of_them=True)
        with world.database.read() as connection:
            moves = connection.execute(select(case_moves)).all()
            messages = connection.execute(select(case_messages.c.record_id)).scalars().all()
        assert {(case, int(version)) for case, version in told} <= {
            (row.case_id, row.version) for row in moves
        }
        records = {r.record_id: r for r in centre.records(*Kind)}
        assert {(records[r.record_id].facts["case"], records[r.record_id].facts["version"])
                for r in moves} == {(r.case_id, r.version) for r in moves}  # fmt: skip
        in_outbox = {row.id for row in centre.announced()}
        replied = {MoveKind.REPLIED.value, MoveKind.PROMISED.value}
        wanted = {records[m.record_id].index for m in moves if m.kind not in replied}
        assert in_outbox == wanted | {records[m].index for m in messages}
        for case in centre.everything():
            history = centre.cases.history(case.id)
            assert [m.version for m in history] == list(range(1, case.version + 1))
            assert history[-1].status is case.status
            status = None
            for move in history:
                assert LEGAL[status][move.kind] is move.status
                status = move.status
            centre.cases.read(case.id, ANN)
    assert verify_database(url).ok
