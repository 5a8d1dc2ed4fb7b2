"""What every verification begins and ends with: whose signatures to trust, and the report."""

from collections.abc import Sequence

from audit.bundle import Header
from audit.checking import Checker
from audit.errors import NoteInvalid
from audit.findings import Report
from audit.note import VerifierKey, parse_verifier_key

HELD = "the checkpoint held elsewhere"
NEWEST = "the newest checkpoint"


def begin(
    header: Header, keys: Sequence[VerifierKey], held_checkpoint: str | None
) -> tuple[Checker, int | None, tuple[str, ...]]:
    """Return a checker that awaits the signed checkpoints, the signed size, and cautions."""
    cautions: tuple[str, ...] = ()
    trusted = tuple(keys)
    if not trusted:
        trusted = _own_keys(header)
        cautions = (
            "the signatures were checked with the key that the log names as its own, which proves"
            " little. Compare it with the key the organisation published: "
            + (", ".join(map(str, trusted)) or "none"),
        )
    checker = Checker(header.origin, trusted, header.ciphertexts)
    newest = checker.expect(header.checkpoint, NEWEST)
    if held_checkpoint is not None:
        checker.expect(held_checkpoint, HELD, held_elsewhere=True)
    return checker, None if newest is None else newest.size, cautions


def conclude(
    checker: Checker, header: Header, signed_size: int | None, cautions: tuple[str, ...]
) -> Report:
    """Return the report once every leaf went through the checker."""
    return Report(
        origin=header.origin,
        leaves=checker.size,
        checkpoints=checker.checkpoints,
        ciphertexts=checker.ciphertexts,
        root=checker.frontier.root(),
        findings=checker.finish(signed_size),
        cautions=cautions,
    )


def _own_keys(header: Header) -> tuple[VerifierKey, ...]:
    """Return the keys a log names as its own, leaving out what cannot be read as one."""
    keys: list[VerifierKey] = []
    for text in header.keys:
        try:
            keys.append(parse_verifier_key(text))
        except NoteInvalid:
            continue
    return tuple(keys)
