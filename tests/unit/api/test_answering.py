"""Questions outlive the request that asked them, and cannot take more places than there are."""

import asyncio
import logging

import pytest

from api.answering import Answering, Running
from api.errors import Busy
from assistant.errors import QuestionInvalid
from assistant.text import RawText
from assistant.views import TurnView
from tests.fake_conversations import STAGES, FakeConversations


def _answering(fake: FakeConversations, threads: int = 1, waiting: int = 0) -> Answering:
    return Answering(fake, threads, waiting, lambda turn, seconds: None)


def test_a_listener_who_goes_away_does_not_stop_the_turn() -> None:
    fake = FakeConversations()
    conversation = fake.start()
    answering = _answering(fake)

    async def go_away() -> None:
        running = answering.begin(conversation.id, RawText("slow"), "k")
        await running.begun()
        reading = asyncio.ensure_future(running.turn())
        await asyncio.sleep(0.05)
        reading.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reading

    asyncio.run(go_away())
    assert fake.asked == []
    fake.release.set()
    answering.close()
    assert fake.asked == ["slow"]


def test_a_waiting_turn_is_answered_even_if_its_listener_is_gone() -> None:
    fake = FakeConversations()
    conversation = fake.start()
    answering = _answering(fake, threads=1, waiting=1)

    async def two() -> None:
        answering.begin(conversation.id, RawText("slow one"), "k1")
        second = asyncio.ensure_future(
            answering.begin(conversation.id, RawText("second"), "k2").turn()
        )
        await asyncio.sleep(0.05)
        second.cancel()

    asyncio.run(two())
    fake.release.set()
    answering.close()
    assert fake.asked == ["slow one", "second"]


def test_beyond_its_places_it_is_busy_and_places_come_back() -> None:
    fake = FakeConversations()
    conversation = fake.start()
    answering = _answering(fake, threads=1, waiting=1)

    async def three() -> None:
        first = answering.begin(conversation.id, RawText("slow a"), "a")
        second = answering.begin(conversation.id, RawText("slow b"), "b")
        with pytest.raises(Busy):
            answering.begin(conversation.id, RawText("c"), "c")
        fake.release.set()
        await first.turn()
        await second.turn()
        await answering.begin(conversation.id, RawText("c"), "c").turn()

    asyncio.run(three())
    answering.close()
    assert fake.asked == ["slow a", "slow b", "c"]


def test_stages_come_in_order_and_then_the_turn() -> None:
    fake = FakeConversations()
    conversation = fake.start()
    answering = _answering(fake)

    async def listen() -> tuple[list[str], TurnView]:
        running = answering.begin(conversation.id, RawText("How?"), "k")
        await running.begun()
        return [stage async for stage in running.stages()], await running.turn()

    stages, turn = asyncio.run(listen())
    assert tuple(stages) == STAGES
    assert turn.question == "How?"
    answering.close()


def test_what_stops_a_question_before_its_first_stage_is_raised_at_once() -> None:
    fake = FakeConversations()
    conversation = fake.start()
    answering = _answering(fake)

    async def listen() -> Running:
        running = answering.begin(conversation.id, RawText("unreadable"), "k")
        await running.begun()
        return running

    with pytest.raises(QuestionInvalid):
        asyncio.run(listen())
    answering.close()


def test_a_fault_is_logged_by_its_kind_and_never_by_its_text(
    caplog: pytest.LogCaptureFixture,
) -> None:
    fake = FakeConversations()
    conversation = fake.start()
    answering = _answering(fake)

    async def listen() -> None:
        with pytest.raises(RuntimeError):
            await answering.begin(conversation.id, RawText("broken heart"), "k").turn()

    with caplog.at_level(logging.INFO):
        asyncio.run(listen())
        answering.close()
    assert "RuntimeError" in caplog.text
    assert "heart" not in caplog.text
