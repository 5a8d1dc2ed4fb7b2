"""What the holder of a board key signs: an act, about a release or a key, with reason and date.

The signed text is a C2SP note (`audit.note`) that names the log, so that it means nothing in
another installation, and the record that it answers, so that it cannot be used a second time.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from assistant.errors import BoardNoteRefused
from assistant.releases import plain_line
from assistant.storage import as_moment
from audit.errors import NoteInvalid
from audit.keyfiles import Secret
from audit.note import Note, SignatureKind, VerifierKey, parse_note, sign_text, verify_note

HEAD = "signpost/board/v1"
FRESH_FOR = timedelta(days=7)
"""How old a note may be: long enough to be carried over from the board's own machine."""
_CLOCKS_DIFFER = timedelta(minutes=5)


class Act(StrEnum):
    APPROVE = "approve"
    OVERRIDE = "override"
    REGISTER = "register"
    RETIRE = "retire"


_WORD = re.compile(
    rf"{HEAD}\nlog .+\n({'|'.join(Act)}) .+\nanswers .+\nby .+\nreason .+\ndate .+\n"
)
"""So that a board key signs nothing else."""


@dataclass(frozen=True, slots=True)
class BoardWord:
    """An act before it is signed. `log` is the log's origin; `at` UTC text.

    `about` is a release's digest, or the whole line of a key. `answers` is the record of the
    proposal that is decided, so that a later proposal needs a word of its own; "-" for keys.
    """

    log: str
    act: Act
    about: str
    answers: str
    by: str
    reason: str
    at: str

    @property
    def text(self) -> str:
        """Return the text that is signed: a line each, none of which can hold a line break."""
        parts = (
            HEAD,
            f"log {self.log}",
            f"{self.act} {self.about}",
            f"answers {self.answers}",
            f"by {plain_line(self.by, 'who decides')}",
            f"reason {plain_line(self.reason, 'why')}",
            f"date {self.at}",
        )
        return "".join(f"{part}\n" for part in parts)


def board_key(name: str, seed: Secret) -> VerifierKey:
    """Return the public half of a board key."""
    private = Ed25519PrivateKey.from_private_bytes(seed.value)
    return VerifierKey(name, SignatureKind.LOG, private.public_key().public_bytes_raw())


def sign_word(word: BoardWord, key: VerifierKey, seed: Secret) -> str:
    """Return the note that says the word, signed."""
    return sign_text_as(word.text, key, seed)


def sign_text_as(text: str, key: VerifierKey, seed: Secret) -> str:
    """Return the note over a word's text, or raise BoardNoteRefused for any other text."""
    private = Ed25519PrivateKey.from_private_bytes(seed.value)
    if not _WORD.fullmatch(text):
        raise BoardNoteRefused("Only what `signpost release word` printed is signed.")
    if private.public_key().public_bytes_raw() != key.public:
        raise BoardNoteRefused(f"The public half {key.name} is of another key.")
    return str(Note(text, (sign_text(text, key.name, private, key.key_id),)))


def verify_word(note: str, expected: BoardWord, keys: Sequence[VerifierKey]) -> VerifierKey:
    """Return which of the keys signed exactly the expected word; its date is the note's own.

    Raises BoardNoteRefused for any other text, and for a signature by none of the keys.
    """
    if not keys:
        raise BoardNoteRefused(
            "No board key is registered here. Make one with `signpost board-key new --out FILE` "
            "and register its public half with `signpost board-key register FILE.pub`."
        )
    try:
        parsed = parse_note(note)
        signers = verify_note(parsed, keys)
    except NoteInvalid as error:
        raise BoardNoteRefused(f"The board's note is not accepted: {error}.") from error
    if parsed.text != expected.text:
        raise BoardNoteRefused(
            "The board's note says something else than what is to be done here: sign again, for "
            f"this:\n{expected.text}"
        )
    return signers[0]


def date_of(note: str) -> str:
    """Return the date that a note claims, or raise BoardNoteRefused; nothing is verified yet."""
    try:
        last = parse_note(note).text.splitlines()[-1]
        as_moment(last.removeprefix("date "))
    except (NoteInvalid, ValueError, IndexError) as error:
        raise BoardNoteRefused(f"The board's note cannot be read: {error}.") from error
    return last.removeprefix("date ")


def require_fresh(at: str, now: datetime) -> None:
    """Raise BoardNoteRefused for a note that is too old, or from the future."""
    moment = as_moment(at)
    if moment.tzinfo is None or not now - FRESH_FOR <= moment <= now + _CLOCKS_DIFFER:
        raise BoardNoteRefused(
            f"The board's note is dated {at}: it counts for {FRESH_FOR.days} days. Sign again."
        )
