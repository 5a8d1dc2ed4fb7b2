"""Everything is built here, once, from the settings; nothing else constructs its own parts."""

import contextlib
import fcntl
import hashlib
import logging
import secrets
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property, partial
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path

import numpy as np
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Engine, create_engine, make_url

from api.contact_centre import ContactCentre
from api.errors import HomeInUse, SettingInvalid
from api.migrations import upgrade
from api.monitored import Monitored
from api.settings import PREFIX, Settings
from api.staff.console import StaffParts
from api.staff.provider import ProviderSettings
from api.upkeep import Upkeep
from assistant.describing import Descriptions
from assistant.errors import KnowledgeUnknown, WeightsMismatch
from assistant.escalations.outbox import KINDS
from assistant.follow_ups import FollowUpRules
from assistant.gate import Gate
from assistant.generation import ChatModel, open_model
from assistant.guidance import LiveAnswering
from assistant.hooks.deliverer import Deliverer
from assistant.hooks.deliveries import Deliveries
from assistant.hooks.feed import Waiting
from assistant.hooks.loading import Hooks, Surroundings, load_hooks
from assistant.hooks.rows import EndpointState, states
from assistant.listening import open_scope_model, open_trouble_model
from assistant.live import LiveState, Operations, SnapshotRef
from assistant.pipeline import Step, build_steps, find
from assistant.policy import Policy, load_policy
from assistant.presentation import Versions
from assistant.redaction.redactor import Redactor
from assistant.releases import Release
from assistant.releasing import ReleaseFigures, Releases
from assistant.reviewed_knowledge.page import Knowledge
from assistant.reviewed_knowledge.reviewing import ReviewedKnowledge
from assistant.service import Assistant
from assistant.starts import record_policy, record_start
from assistant.steps.listen import NOBODY, Listeners
from assistant.steps.retrieve import DEPTH
from assistant.text import RawText, RedactedText
from assistant.turns import Exchange, Turn
from audit.database import Database
from audit.erasure import finish_erasures
from audit.keyfiles import LogSigner, Secret, load_or_create_secret
from audit.keys import KeyStore
from audit.log import Log
from evaluation.shipped import read_shipped
from knowledge.chunking import passages_of
from knowledge.documents import Passage
from knowledge.embedding import (
    MINILM_SHA256,
    Embedder,
    SentenceTransformerEmbedder,
    packaged_model,
)
from knowledge.faiss_store import FaissIndex
from knowledge.fetching import Fetcher
from knowledge.model_adapter import PACKAGED
from knowledge.page_cache import PageCache
from knowledge.pgvector_store import PgVectorIndex, publish
from knowledge.retrieval import Hit, Retriever
from knowledge.snapshots import Snapshot, SnapshotLibrary

_log = logging.getLogger("signpost.start")

SHIPPED = Path(str(files("knowledge"))) / "starter" / "evaluation.json"
PACKAGES = ("assistant", "knowledge", "evaluation", "audit", "api")


@dataclass(frozen=True, slots=True)
class OpenedGuidance:
    """A snapshot that can be searched. `version` is its digest."""

    version: str
    retriever: Retriever
    passages: Sequence[Passage]


def now() -> datetime:
    """Return the time; the only clock of the product."""
    return datetime.now(UTC)


def new_id() -> str:
    """Return a fresh identifier that cannot be guessed."""
    return secrets.token_hex(16)


class Home:
    """One home folder and what lives in it. Parts are opened when first asked for."""

    def __init__(
        self, settings: Settings, embedder: Embedder | None = None, shipped: Path = SHIPPED
    ) -> None:
        """Prepare the folders; `embedder` is one already loaded, instead of the settings' own.

        `shipped` is the file of the evaluation that came with the bundled guidance, if any.
        """
        self.settings = settings
        self._shipped = shipped
        self._loaded = embedder
        try:
            settings.home.mkdir(mode=0o700, parents=True, exist_ok=True)
            settings.secrets_folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise SettingInvalid(
                f"{PREFIX}HOME", f"{settings.home} cannot be used ({error.strerror})"
            ) from error

    @cached_property
    def policy(self) -> Policy:
        """The policy files, checked."""
        return load_policy(self.settings.policy)

    @cached_property
    def redactor(self) -> Redactor:
        """The masking of personal data, as the policy says."""
        return Redactor(self.policy.redaction)

    @cached_property
    def embedder(self) -> Embedder:
        """The embedding model, loaded and checked."""
        if self._loaded is not None:
            return self._loaded
        folder, threads = self.settings.embedding_model, self.settings.threads or None
        if folder is None:
            return SentenceTransformerEmbedder(
                packaged_model(), MINILM_SHA256, threads, adapter=PACKAGED
            )
        return SentenceTransformerEmbedder(folder, threads=threads)

    @cached_property
    def listeners(self) -> Listeners:
        """What hears in a message what the rules do not; nothing, for other embedding models."""
        model = self.embedder
        try:
            return Listeners(
                open_trouble_model(model.digest, model.dimensions),
                open_scope_model(model.digest, model.dimensions),
            )
        except WeightsMismatch as fault:
            _log.warning("nobody is listened for beyond the rules: %s", fault)
            return NOBODY

    @cached_property
    def chat(self) -> ChatModel | None:
        """The language model that is set, or None."""
        if not self.settings.model:
            return None
        try:
            return open_model(
                self.settings.model,
                url=self.settings.model_url,
                key=self.settings.model_key.get_secret_value(),
                timeout=self.settings.model_timeout,
            )
        except (ImportError, ValueError) as error:
            raise SettingInvalid(f"{PREFIX}MODEL", str(error)) from error

    @cached_property
    def library(self) -> SnapshotLibrary:
        """The snapshots built in this home."""
        return SnapshotLibrary(self.settings.home / "snapshots")

    @cached_property
    def database(self) -> Database:
        """The database of conversations and of the audit log, with its tables up to date."""
        database = Database.open(self.settings.database)
        upgrade(database)
        return database

    @cached_property
    def keys(self) -> KeyStore:
        """The keys of conversations, under the master key."""
        return KeyStore.open(self.settings.keys, self._secret("master.key"), now)

    @cached_property
    def log(self) -> Log:
        """The audit log, signed with this home's key and named after it."""
        seed = self._secret("log.key")
        public = Ed25519PrivateKey.from_private_bytes(seed.value).public_key().public_bytes_raw()
        origin = f"signpost-{hashlib.sha256(public).hexdigest()[:12]}"
        return Log(origin, LogSigner(origin, seed), self.keys, now, new_id)

    @cached_property
    def operations(self) -> Operations:
        """The operator's moves; behind the gate once an organisation runs this."""
        return Operations(self.database, self.log, now, self.gate)

    @cached_property
    def releases(self) -> Releases:
        """The moves with releases and board keys."""
        return Releases(self.database, self.log, now)

    @cached_property
    def gate(self) -> Gate | None:
        """The gate; None in a trial, where no organisation is set and anything may be tried."""
        return Gate(self.log, self.release_of) if self.settings.organisation else None

    def release_of(self, snapshot: str) -> Release:
        """Return the release that a snapshot (its digest) makes with what runs here."""
        versions = self.versions_of(snapshot)
        return Release(
            software=versions.software,
            snapshot=versions.snapshot,
            policy=versions.policy,
            embedder=versions.embedder,
            composer=versions.composer,
        )

    def adopt_shipped(self, snapshot: SnapshotRef) -> None:
        """Take over the evaluation that ships with the bundled guidance, where it is of just this.

        Does nothing in a trial, for any other guidance, policy, model or version, and where
        somebody has decided about the release already.
        """
        shipped = read_shipped(self._shipped) if self.gate is not None else None
        if shipped is None:
            return
        release = self.release_of(snapshot.version)
        if shipped.is_of(release):
            found = tuple(replace(e, release=release.digest) for e in shipped.evaluations)
            by = f"Signpost {shipped.version}"
            self.releases.adopt(release, snapshot.name, found, by, shipped.examined)

    def release_figures(self) -> ReleaseFigures:
        """Return the figures on releases that everybody may see."""
        return self.releases.figures(gated=self.gate is not None)

    @cached_property
    def assistant(self) -> Assistant:
        """The assistant for citizens, over whatever is live.

        That its policy is in force is recorded first (invariant 7).
        """
        with self.database.write() as connection:
            record_policy(connection, self.log, self.policy.digest)
        return Assistant(
            database=self.database,
            keys=self.keys,
            log=self.log,
            policy=self.policy,
            answering=LiveAnswering(
                self.open_guidance, self._steps, self._versions, self._require_approved
            ),
            mask=self._mask,
            clock=now,
            new_id=new_id,
            descriptions=Descriptions(self.database, now, self.policy.monitoring.together),
            organisation=self.settings.organisation,
            cases=self.contact_centre.cases,
            staffed=self.contact_centre.staffed,
        )

    @cached_property
    def contact_centre(self) -> ContactCentre:
        """The people behind the assistant."""
        return ContactCentre(
            database=self.database,
            keys=self.keys,
            log=self.log,
            policy=self.policy,
            mask=self._mask,
            clock=now,
            new_id=new_id,
            code_secret=self._secret("codes.key"),
            organisation=self.settings.organisation,
        )

    @cached_property
    def hooks(self) -> Hooks:
        """Who else is told what happens to cases: the operator's file, checked, or nobody."""
        if self.settings.hooks is None:
            return Hooks()
        agent = f"Signpost/{version('signpost-enquiries')}"
        return load_hooks(self.settings.hooks, Surroundings(self.log.origin, agent, now), KINDS)

    @cached_property
    def deliveries(self) -> Deliveries:
        """What has to be delivered to the hooks, and what was."""
        return Deliveries(self.database, now, self.hooks.retries)

    def waiting(self) -> Waiting:
        """Return what tells of new events; use it in a `with`."""
        return Waiting(self.database, self.settings.database)

    @contextlib.contextmanager
    def delivering(self) -> Iterator[None]:
        """Deliver to the hooks in the background; does nothing where there are none."""
        if not self.hooks.endpoints:
            yield
            return
        with (
            self.waiting() as waiting,
            Deliverer(self.deliveries, self.hooks.endpoints, waiting),
        ):
            yield

    def looking_after(self) -> Upkeep:
        """Return what ends overdue cases now and then; use it in a `with`."""
        centre = self.contact_centre
        return Upkeep(
            {
                "ending cases whose citizen did not come back": centre.cases.expire_overdue,
                "forgetting who looked at cases": centre.presence.forget_old,
                "ending reviewed pages past their last day": self._expired_pages,
            }
        )

    def _expired_pages(self) -> int:
        return len(self.reviewed_knowledge.expire_overdue())

    def hook_states(self) -> tuple[EndpointState, ...]:
        """Return how each hook does; none where no file of hooks is set."""
        if self.settings.hooks is None:
            return ()
        with self.database.read() as connection:
            return states(connection)

    @cached_property
    def reviewed_knowledge(self) -> ReviewedKnowledge:
        """Answers of advisers that second persons approved."""
        return ReviewedKnowledge(
            self.database, self.keys, self.log, self.operations, self._mask, now
        )

    def reviewed_page(self, name: str) -> Knowledge | None:
        """Return a reviewed answer by its name, or None."""
        try:
            return self.reviewed_knowledge.find(name)
        except KnowledgeUnknown:
            return None

    @cached_property
    def monitored(self) -> Monitored:
        """How groups fare in live use, looked at again now and then."""
        return Monitored(self.database, self.policy, now)

    @cached_property
    def staff(self) -> StaffParts:
        """What the staff console is made of."""
        settings = self.settings
        provider = None
        if settings.oidc_issuer:
            secret = settings.oidc_client_secret.get_secret_value()
            provider = ProviderSettings(
                settings.oidc_issuer,
                settings.oidc_client_id,
                secret,
                settings.oidc_claim,
                settings.organisation or "your organisation",
            )
        master = self._secret("master.key")
        return StaffParts(
            database=self.database,
            url=settings.database,
            centre=self.contact_centre,
            log=self.log,
            master=master,
            clock=now,
            new_id=new_id,
            provider=provider,
            challenges=self.contact_centre.challenges,
            reviewed=self.reviewed_knowledge,
        )

    @cached_property
    def token_secret(self) -> bytes:
        """The secret that signs citizens' tokens."""
        return self._secret("token.key").value

    @cached_property
    def software(self) -> str:
        """The version and the digest of the code and data that run."""
        return f"{version('signpost-enquiries')}+{software_digest()[:16]}"

    @cached_property
    def shared_index(self) -> Engine | None:
        """Where every process finds the snapshots: PostgreSQL, or None on one machine.

        The database is opened first, because that makes the tables.
        """
        if self.database.engine_name == "sqlite":
            return None
        url = make_url(self.settings.database)
        return create_engine(url.set(drivername="postgresql+psycopg"), pool_pre_ping=True)

    def open_guidance(self, wanted: SnapshotRef) -> OpenedGuidance:
        """Return a snapshot ready to be searched: from PostgreSQL where that is set."""
        if self.shared_index is None:
            return self.opened(self.library.open(wanted.version, self.embedder))
        index = PgVectorIndex(self.shared_index, wanted.version)
        index.manifest.require(self.embedder)
        return OpenedGuidance(wanted.version, Retriever(index, self.embedder), _all_of(index))

    def opened(self, snapshot: Snapshot) -> OpenedGuidance:
        """Return a snapshot on disk, ready to be searched in this process."""
        retriever = Retriever(FaissIndex(snapshot.contents), self.embedder)
        return OpenedGuidance(snapshot.manifest.digest, retriever, snapshot.passages)

    def finder(
        self, guidance: OpenedGuidance, depth: int
    ) -> Callable[[RawText, tuple[Exchange, ...]], tuple[Hit, ...]]:
        """Return a search that follows up and ranks as answering does, `depth` passages deep."""
        steps = self.steps_over(guidance, depth)

        def search(question: RawText, history: tuple[Exchange, ...]) -> tuple[Hit, ...]:
            return find(Turn(new_id(), question, now(), history=history), steps).hits

        return search

    def passages(self, wanted: SnapshotRef) -> Sequence[Passage]:
        """Return the passages of a snapshot, without loading the embedding model."""
        if self.shared_index is None:
            return self.library.open(wanted.version).passages
        return _all_of(PgVectorIndex(self.shared_index, wanted.version))

    def publish(self, snapshot: Snapshot) -> None:
        """Make a built snapshot available to every process that shares the database."""
        if self.shared_index is not None:
            publish(snapshot, self.shared_index)

    def fetcher(self) -> Fetcher:
        """Return a polite fetcher with this home's cache."""
        cache = PageCache(self.settings.home / "cache" / "pages")
        contact = self.settings.fetch_contact or self.settings.base_url or "no contact set"
        return Fetcher(version("signpost-enquiries"), contact, cache)

    def cut(self) -> partial[tuple[Passage, ...]]:
        """Return the function that cuts documents into passages for the embedding model."""
        return partial(passages_of, count_tokens=self.embedder.count_tokens)

    def steps_over(
        self,
        guidance: OpenedGuidance,
        depth: int = DEPTH,
        follow_ups: FollowUpRules | None = None,
        policy: Policy | None = None,
    ) -> tuple[Step, ...]:
        """Return the pipeline over a snapshot that need not be live; `depth` passages deep.

        `policy` stands in for the home's own: to measure with, never for citizens.
        """
        return build_steps(
            policy or self.policy,
            self.redactor,
            guidance.retriever,
            chat=self.chat,
            depth=depth,
            follow_ups=follow_ups,
            listeners=self.listeners,
        )

    def versions_of(self, snapshot: str, live: int = 0) -> Versions:
        """Return the digests of what shapes an answer from a snapshot."""
        return Versions(
            software=self.software,
            snapshot=snapshot,
            policy=self.policy.digest,
            embedder=self.embedder.digest,
            composer=self.chat.digest if self.chat else "quotation",
            live=live,
        )

    @contextlib.contextmanager
    def serving(self) -> Iterator[None]:
        """Hold this home for one server; close what an earlier one left half-done.

        Raises HomeInUse when another server runs from this home. On PostgreSQL many servers may
        share a database, so there only turns past their time are closed.
        """
        with (self.settings.home / "serve.lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                raise HomeInUse(
                    f"Another server already runs from {self.settings.home}. Stop it, or set "
                    f"{PREFIX}HOME to another folder."
                ) from error
            finish_erasures(self.database, self.keys)
            self.assistant.close_half_done(all_of_them=self.database.engine_name == "sqlite")
            yield

    def warm_up(self) -> None:
        """Open the live snapshot and the models before the first question comes."""
        state = self.operations.state()
        self.assistant.answering.steps(state)
        self.assistant.answering.versions(state)

    def record_start(self) -> None:
        """Record that a server is ready to answer, and with what."""
        state = self.operations.state()
        versions = self.assistant.answering.versions(state)
        with self.database.write() as connection:
            record_start(connection, self.log, versions, self.settings.digest, state.release)

    def close(self) -> None:
        """Let go of what was opened."""
        for part in ("keys", "database"):
            if part in self.__dict__:
                self.__dict__[part].close()
        if self.__dict__.get("shared_index") is not None:
            self.__dict__["shared_index"].dispose()

    def _require_approved(self, live: SnapshotRef) -> None:
        """Raise ReleaseUnexamined unless the snapshot may serve with what runs in this process.

        Another process may have made it live under a policy or software that this one has not.
        """
        if self.gate is not None:
            with self.database.read() as connection:
                self.gate.admit(connection, live.version)

    def _mask(self, text: RawText) -> RedactedText:
        return self.redactor.mask(text).text

    def _secret(self, name: str) -> Secret:
        return load_or_create_secret(self.settings.secrets_folder / name)

    def _steps(
        self, guidance: OpenedGuidance | None, state: LiveState, withdrawn: frozenset[str]
    ) -> tuple[Step, ...]:
        retriever = guidance.retriever if guidance and state.answering else None
        listeners = self.listeners if retriever else NOBODY
        return build_steps(
            self.policy, self.redactor, retriever, withdrawn, self.chat, listeners=listeners
        )

    def _versions(self, state: LiveState) -> Versions:
        snapshot = state.snapshot.version if state.snapshot else ""
        return self.versions_of(snapshot, state.version)


def _all_of(index: PgVectorIndex) -> tuple[Passage, ...]:
    nothing = np.zeros(index.manifest.dimensions, dtype=np.float32)
    return tuple(each.passage for each in index.fetch(range(len(index)), nothing))


def software_digest() -> str:
    """Return the SHA-256 (hex) over every file of the five packages, names included.

    The shipped evaluation of the starter pages is left out: it is about all the rest.
    """
    digest = hashlib.sha256()
    for package in PACKAGES:
        root = Path(str(files(package)))
        for path in sorted(root.rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts and path != SHIPPED:
                digest.update(f"{package}/{path.relative_to(root)}\0".encode())
                digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()
