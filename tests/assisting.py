"""A whole assistant over a little guidance: every part real but the model and the time.

Nothing is patched. The clock and the identifiers are a test's own, the words' embedder stands in
for the model, and what happens "in the middle of answering" happens in the `watch` of `ask`.
"""

import itertools
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache

import numpy as np
from sqlalchemy import Connection

from api.migrations import upgrade
from assistant.describing import Descriptions
from assistant.escalations.cases import Cases
from assistant.generation import ChatModel
from assistant.guidance import LiveAnswering
from assistant.listening import TroubleModel
from assistant.listening.weights import Weights
from assistant.live import LiveState, Operations, SnapshotRef
from assistant.pipeline import Step, build_steps
from assistant.policy import Policy, load_policy
from assistant.policy.model import DANGERS
from assistant.presentation import Versions
from assistant.redaction.redactor import Redactor
from assistant.service import Assistant
from assistant.steps.listen import NOBODY, Listeners
from assistant.text import RawText
from assistant.views import ConversationView, TurnView
from audit.database import Database
from audit.findings import Report
from audit.keyfiles import LogSigner, Secret
from audit.keys import KeyStore
from audit.log import Log
from audit.verify import verify_database
from knowledge.building import vectors_of
from knowledge.documents import Document, Passage
from knowledge.faiss_store import FaissIndex
from knowledge.lexical import LexicalSettings, weigh
from knowledge.retrieval import Retriever
from knowledge.vector_store import Contents
from tests.fakes import WordsEmbedder, page, passage_a_block

ORIGIN = "assistant.example/log"
SIGNER = LogSigner(ORIGIN, Secret(b"s" * 32))
MASTER = Secret(b"m" * 32)
NOON = datetime(2026, 3, 2, 12, 0, 0, 123456, tzinfo=UTC)

PASSPORT = "https://guidance.example/passport"
BADGE = "https://guidance.example/blue-badge"
OFFICIAL_BADGE = "https://official.example/apply-blue-badge"
FIRST = SnapshotRef("first", "1" * 64)
SECOND = SnapshotRef("second", "2" * 64)


@dataclass
class Clock:
    """A clock that stands still until a test moves it."""

    now: datetime = NOON

    def __call__(self) -> datetime:
        return self.now

    def pass_(self, **time: float) -> None:
        self.now += timedelta(**time)


def little_guidance() -> tuple[Document, ...]:
    """Return four pages in words of our own."""
    return (
        page(
            PASSPORT,
            "Renew a passport",
            "You can renew your passport online or with a paper form.",
            "It costs more to renew a passport with a paper form than online.",
            "You must send your old passport by post.",
            updated="2025-03-01",
        ),
        page(
            BADGE,
            "Parking badges",
            "Ask your council for a parking badge if walking is hard for you.",
            "A parking badge lasts for up to 3 years.",
            official_url=OFFICIAL_BADGE,
            official_title="Apply for a badge",
        ),
        page(
            "https://guidance.example/bins",
            "Bin collections",
            "Your council empties household bins every week or every two weeks.",
        ),
        page(
            "https://guidance.example/library",
            "Join a library",
            "Anyone who lives nearby can join a public library for free.",
        ),
    )


@dataclass(frozen=True)
class Opened:
    """A little snapshot in memory."""

    retriever: Retriever
    passages: tuple[Passage, ...]


def opened(
    documents: Sequence[Document],
    passages_of: Callable[[Document], tuple[Passage, ...]] = passage_a_block,
) -> Opened:
    """Index documents in memory."""
    embedder = WordsEmbedder()
    passages = tuple(p for document in documents for p in passages_of(document))
    vectors, parts = vectors_of(passages, embedder)
    contents = Contents(
        passages=passages,
        vectors=vectors,
        segment_vectors=parts,
        lexical=weigh(passages, LexicalSettings()),
    )
    return Opened(Retriever(FaissIndex(contents), embedder), passages)


def hearing(threshold: float) -> TroubleModel:
    """Return a model that gives every message log odds of 0; so −1 notes all, and 1 none."""
    dangers = tuple(sorted(danger.value for danger in DANGERS))
    even = np.full(len(dangers), -np.log(len(dangers)))
    nothing = np.zeros((len(dangers), WordsEmbedder().dimensions))
    return TroubleModel(Weights(WordsEmbedder().digest, threshold, dangers, even, nothing))


@lru_cache(maxsize=1)
def bundled_policy() -> Policy:
    """Return the bundled policy, read once."""
    return load_policy()


def eager_policy() -> Policy:
    """Return the bundled policy, but every passage found is answer enough.

    So these tests hold whatever the calibration says.
    """
    policy = bundled_policy()
    zero = policy.thresholds.model_copy(update={"answer": 0.0, "caution": 0.0, "abstain": 0.0})
    return replace(policy, thresholds=zero)


@dataclass
class World:
    """An assistant and everything it was made with."""

    url: str
    keys_url: str
    database: Database
    keys: KeyStore
    log: Log
    policy: Policy
    clock: Clock
    assistant: Assistant
    operations: Operations
    guidance: dict[SnapshotRef, Opened]
    built: list[int] = field(default_factory=list)
    cases: Cases | None = None

    def ask(self, conversation: ConversationView, question: str, key: str = "") -> TurnView:
        """Ask with a key of its own unless one is given."""
        return self.assistant.ask(
            conversation.id, RawText(question), key or f"key {question} {self.clock.now}"
        )

    def verify(self) -> Report:
        """Verify the whole log as a regulator would."""
        return verify_database(self.url, [SIGNER.verifier_key])


def identifiers(prefix: str) -> Callable[[], str]:
    """Return a source of foreseeable identifiers, safe to share between threads."""
    numbers, lock = itertools.count(1), threading.Lock()

    def new_id() -> str:
        with lock:
            return f"{prefix}{next(numbers):04}"

    return new_id


@contextmanager
def open_world(
    url: str,
    keys_url: str,
    *,
    policy: Policy | None = None,
    chat: ChatModel | None = None,
    documents: Sequence[Document] = (),
    activate: bool = True,
    prefix: str = "",
    clock: Clock | None = None,
    steps: Callable[[Sequence[Step]], Sequence[Step]] = tuple,
    listeners: Listeners = NOBODY,
    staffed: Callable[[Connection], bool] | None = None,
) -> Iterator[World]:
    """Open an assistant at these databases, made where new; `steps` may change the pipeline.

    With `staffed` it has a contact centre, whose cases are due an hour after somebody waits.
    """
    clock = clock or Clock()
    database = Database.open(url)
    upgrade(database)
    keys = KeyStore.open(keys_url, MASTER, clock)
    log = Log(ORIGIN, SIGNER, keys, clock, identifiers(f"{prefix}r"), publish_every=4)
    policy = policy or eager_policy()
    redactor = Redactor(policy.redaction)
    guidance = {FIRST: opened(documents or little_guidance())}
    guidance[SECOND] = opened((documents or little_guidance())[:1])
    built: list[int] = []

    def build(one: Opened | None, state: LiveState, withdrawn: frozenset[str]) -> Sequence[Step]:
        built.append(state.version)
        retriever = one.retriever if one and state.answering else None
        return steps(build_steps(policy, redactor, retriever, withdrawn, chat, listeners=listeners))

    def versions(state: LiveState) -> Versions:
        snapshot = state.snapshot.version if state.snapshot else ""
        return Versions("software-1", snapshot, policy.digest, "embedder-1", "q", state.version)

    cases = None
    if staffed is not None:
        cases = Cases(
            database,
            keys,
            log,
            policy,
            lambda text: redactor.mask(text).text,
            clock,
            identifiers(f"{prefix}c"),
            lambda priority, queue, since: since + timedelta(hours=1),
        )
    assistant = Assistant(
        database=database,
        keys=keys,
        log=log,
        policy=policy,
        answering=LiveAnswering(guidance.__getitem__, build, versions),
        mask=lambda text: redactor.mask(text).text,
        clock=clock,
        new_id=identifiers(f"{prefix}t"),
        descriptions=Descriptions(database, clock, policy.monitoring.together),
        cases=cases,
        staffed=staffed or (lambda connection: False),
    )
    operations = Operations(database, log, clock)
    world = World(
        url,
        keys_url,
        database,
        keys,
        log,
        policy,
        clock,
        assistant,
        operations,
        guidance,
        built,
        cases,
    )
    try:
        if activate and operations.state().snapshot is None:
            operations.activate(FIRST, {"documents": 4})
        yield world
    finally:
        keys.close()
        database.close()
