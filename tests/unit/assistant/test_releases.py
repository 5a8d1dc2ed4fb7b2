"""The rules of releases: an identity over every part, and a status that follows from the moves."""

from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.errors import ReleaseMoveRefused
from assistant.releases import (
    COMMANDS,
    LEGAL,
    EvaluationKind,
    EvaluationRecord,
    Move,
    MoveKind,
    Release,
    ReleaseState,
    Status,
    Verdict,
    plain_line,
    require_legal,
    shortfalls,
)

PARTS = [field.name for field in fields(Release)]
TEXT = st.text(max_size=12)
RELEASE = st.builds(Release, *[TEXT] * len(PARTS))
ONE = Release("1.0+a", "b", "c", "d", "e")


def test_the_identity_is_the_documented_one() -> None:
    """Made by sha256sum of {"composer":"e","embedder":"d","format":"signpost/release/v1",
    "policy":"c","snapshot":"b","software":"1.0+a"}, on one line without a space between."""
    assert ONE.digest == "b6e020d3f4caa3c2d7c3ff711f095128e2afef3ad0127c50eb6068e71b504ea2"


@given(RELEASE, RELEASE)
def test_two_releases_share_a_digest_only_if_they_are_one(one: Release, other: Release) -> None:
    assert (one.digest == other.digest) is (one == other)


@given(RELEASE, st.sampled_from(PARTS), TEXT)
def test_every_part_counts(release: Release, part: str, text: str) -> None:
    other = replace(release, **{part: getattr(release, part) + text + "."})
    assert other.digest != release.digest


def state(kinds: list[MoveKind], live: bool) -> ReleaseState:
    moves = tuple(Move(kind, "Ann", "why", "at", str(n)) for n, kind in enumerate(kinds))
    return ReleaseState(ONE, "name", moves, (), live)


@given(st.data())
def test_moves_that_are_legal_lead_to_the_status_they_say(data: st.DataObject) -> None:
    """Walk at random along legal moves; another release may take this one's place at any time."""
    kinds, live = [MoveKind.PROPOSED], False
    for _ in range(data.draw(st.integers(0, 12))):
        if live and data.draw(st.booleans()):
            live = False
        legal = sorted(LEGAL[state(kinds, live).status])
        if not legal:
            continue
        kinds.append(data.draw(st.sampled_from(legal)))
        live = live or kinds[-1] is MoveKind.ACTIVATED
    stands = state(kinds, live)
    decided = [kind for kind in kinds if kind is not MoveKind.ACTIVATED][-1]
    assert stands.allowed is (decided in {MoveKind.APPROVED, MoveKind.OVERRIDDEN})
    assert (stands.status is Status.ACTIVE) is live
    if live:
        assert stands.allowed
    if stands.status is Status.SUPERSEDED:
        assert MoveKind.ACTIVATED in kinds
    if MoveKind.ACTIVATED in kinds:
        first = kinds.index(MoveKind.ACTIVATED)
        assert {MoveKind.APPROVED, MoveKind.OVERRIDDEN} & set(kinds[:first])


@pytest.mark.parametrize("status", [None, *Status])
@pytest.mark.parametrize("move", list(MoveKind))
def test_what_is_not_legal_is_refused_and_it_is_said_what_is(
    status: Status | None, move: MoveKind
) -> None:
    if move in LEGAL[status]:
        require_legal(status, move, "d" * 64)
        return
    with pytest.raises(ReleaseMoveRefused) as refused:
        require_legal(status, move, "d" * 64)
    for open_move in LEGAL[status]:
        assert f"can be {open_move}" in str(refused.value)


def test_nothing_reaches_citizens_without_a_decision() -> None:
    allowed = {Status.APPROVED, Status.OVERRIDDEN, Status.SUPERSEDED}
    assert {s for s, moves in LEGAL.items() if MoveKind.ACTIVATED in moves} == allowed


@given(st.dictionaries(st.sampled_from(EvaluationKind), st.sampled_from(Verdict)))
def test_only_three_that_passed_leave_nothing_to_say(
    found: dict[EvaluationKind, Verdict],
) -> None:
    newest = {
        k: EvaluationRecord(k, "r", verdict, "So.", "s", "at") for k, verdict in found.items()
    }
    short = shortfalls(newest)
    missing = [k for k in EvaluationKind if found.get(k) is not Verdict.PASSED]
    assert [line.partition(":")[0] for line in short] == missing
    assert all(COMMANDS[EvaluationKind(line.partition(":")[0])] in line for line in short)


@given(st.text(max_size=40))
def test_a_line_of_the_log_is_one_line(text: str) -> None:
    try:
        line = plain_line(text, "why")
    except ReleaseMoveRefused:
        return
    assert line == line.strip() != ""
    assert len(line.splitlines()) == 1
    assert plain_line(line, "why") == line
