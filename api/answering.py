"""Questions on their way: a bounded pool of threads that outlives the request that asked."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from threading import BoundedSemaphore, Lock
from time import perf_counter

from api.errors import Busy
from assistant.conversations import Conversations
from assistant.errors import AssistantError
from assistant.text import RawText
from assistant.views import TurnView

_BUSY_SECONDS = 5
_log = logging.getLogger("signpost.api")


class Running:
    """A question being answered. Belongs to the event loop it was begun in."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._stages: asyncio.Queue[str | None] = asyncio.Queue()
        self._first: str | None = None
        self._answer: Future[TurnView] = Future()

    def tell(self, stage: str | None) -> None:
        """Pass on that a stage began, or None at the end. Safe from any thread."""
        with suppress(RuntimeError):  # the loop is gone: nobody listens any more
            self._loop.call_soon_threadsafe(self._stages.put_nowait, stage)

    def follow(self, answer: Future[TurnView]) -> None:
        """Take over the pool's promise of an answer."""
        self._answer = answer
        answer.add_done_callback(lambda _: self.tell(None))

    async def begun(self) -> None:
        """Wait for the first stage; raise what stopped the question before it."""
        self._first = await self._stages.get()
        if self._first is None:
            await self.turn()

    async def stages(self) -> AsyncIterator[str]:
        """Yield each stage's name as it begins, from the first. Call after `begun`."""
        stage = self._first
        while stage is not None:
            yield stage
            stage = await self._stages.get()

    async def turn(self) -> TurnView:
        """Return the recorded turn, or raise the assistant's error. Cancelling stops nothing."""
        return await asyncio.shield(asyncio.wrap_future(self._answer))


class Answering:
    """Asks the assistant in threads of its own, so that nothing else waits for them.

    A citizen who goes away does not stop their turn: it is finished, recorded, and can be read.
    """

    def __init__(
        self,
        conversations: Conversations,
        threads: int,
        waiting: int,
        finished: Callable[[TurnView, float], None],
    ) -> None:
        self._conversations = conversations
        self._threads = threads
        self._pool: ThreadPoolExecutor | None = None
        self._opening = Lock()
        self._places = BoundedSemaphore(threads + waiting)
        self._finished = finished

    def begin(self, conversation_id: str, question: RawText, key: str) -> Running:
        """Start answering, and return at once; raise `Busy` where no place is free."""
        if not self._places.acquire(blocking=False):
            raise Busy(_BUSY_SECONDS)
        running = Running()
        try:
            asked = self._open().submit(self._answer, conversation_id, question, key, running.tell)
        except BaseException:
            self._places.release()
            raise
        asked.add_done_callback(self._ended)
        running.follow(asked)
        return running

    def close(self) -> None:
        """Wait for the turns under way. A later question opens the threads again."""
        with self._opening:
            pool, self._pool = self._pool, None
        if pool is not None:
            pool.shutdown(wait=True)

    def _open(self) -> ThreadPoolExecutor:
        with self._opening:
            if self._pool is None:
                self._pool = ThreadPoolExecutor(self._threads, thread_name_prefix="answering")
            return self._pool

    def _answer(
        self, conversation_id: str, question: RawText, key: str, watch: Callable[[str], None]
    ) -> TurnView:
        begun = perf_counter()
        turn = self._conversations.ask(conversation_id, question, key, watch)
        self._finished(turn, perf_counter() - begun)
        return turn

    def _ended(self, asked: Future[TurnView]) -> None:
        self._places.release()
        fault = None if asked.cancelled() else asked.exception()
        if fault is not None and not isinstance(fault, AssistantError):
            _log.error("a turn failed: %s", type(fault).__name__)
