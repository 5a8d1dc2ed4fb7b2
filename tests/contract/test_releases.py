"""Nothing goes live unexamined: the gate and the moves with releases, on both databases."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from assistant.board import Act
from assistant.errors import (
    NothingToChange,
    ReleaseMoveRefused,
    ReleaseUnexamined,
    ReleaseUnknown,
)
from assistant.live import SnapshotRef, WithdrawalKind
from assistant.releases import EvaluationKind, MoveKind, Status, Verdict
from assistant.releasing import ReleaseFigures
from audit.events import Kind
from tests.assisting import FIRST, PASSPORT, SECOND
from tests.databases import NewDatabase
from tests.releasing import (
    BOARD,
    Releasing,
    a_gated_world,
    passed,
    records,
    running,
    unchanged,
)

THIRD = SnapshotRef("third", "3" * 64)
QUALITY, SAFETY, BIAS = EvaluationKind


@pytest.fixture
def made(new_database: NewDatabase) -> Iterator[Releasing]:
    with a_gated_world(new_database) as opened:
        yield opened


# ---- the gate ----------------------------------------------------------------------------------


def test_what_nobody_examined_does_not_serve_and_it_is_said_what_to_do(made: Releasing) -> None:
    said = unchanged(made, lambda: made.operations.activate(FIRST, {}), ReleaseUnexamined)
    for kind, command in (
        ("quality", "signpost evaluate own"),
        ("safety", "signpost evaluate safety"),
        ("bias", "signpost evaluate bias"),
    ):
        assert f"{kind}: not evaluated. Run: {command}" in said
    digest = running(FIRST.version).digest[:16]
    assert f"signpost release approve {digest}" in said
    assert f"signpost release override {digest}" in said


@pytest.mark.parametrize("verdict", [Verdict.FAILED, Verdict.TOO_FEW_DATA])
@pytest.mark.parametrize("kind", list(EvaluationKind))
def test_one_evaluation_that_did_not_pass_is_enough(
    made: Releasing, kind: EvaluationKind, verdict: Verdict
) -> None:
    release = running(FIRST.version)
    found = tuple(replace(e, verdict=verdict) if e.kind is kind else e for e in passed(release))
    state = made.releases.propose(release, "first", found, "Olu", "try")
    said = unchanged(
        made, lambda: made.releases.approve(state, "Ann", "please"), ReleaseMoveRefused
    )
    assert f"{kind}: {verdict}" in said
    assert verdict in unchanged(
        made, lambda: made.operations.activate(FIRST, {}), ReleaseUnexamined
    )


def test_an_evaluation_that_is_missing_does_not_pass(made: Releasing) -> None:
    state = made.proposed(FIRST, QUALITY, SAFETY)
    said = unchanged(
        made, lambda: made.releases.approve(state, "Ann", "please"), ReleaseMoveRefused
    )
    assert "bias: not evaluated" in said
    assert "quality" not in said


def test_what_passed_serves_once_it_is_approved_and_not_before(made: Releasing) -> None:
    state = made.proposed(FIRST)
    said = unchanged(made, lambda: made.operations.activate(FIRST, {}), ReleaseUnexamined)
    assert "waits for a decision" in said
    made.releases.approve(state, "Ann", "all has passed")
    live = made.operations.activate(FIRST, {"documents": 4}, by="Olu", reason="go")
    assert (live.snapshot, live.release) == (FIRST, state.digest)
    assert made.releases.find(state.digest).status is Status.ACTIVE


@pytest.mark.parametrize("part", ["software", "policy", "embedder", "composer", "snapshot"])
def test_an_approval_is_for_these_digests_alone(made: Releasing, part: str) -> None:
    made.approved(FIRST)
    other = replace(running(FIRST.version), **{part: "f" * 64})
    gate = replace(made.gate, running=lambda snapshot: other)
    operations = replace(made.operations, gate=gate)
    unchanged(made, lambda: operations.activate(FIRST, {}), ReleaseUnexamined)


def test_an_evaluation_of_another_release_is_not_taken(made: Releasing) -> None:
    other = passed(running(SECOND.version))
    release = running(FIRST.version)
    for found in (other, (*passed(release)[:2], other[2])):
        said = unchanged(
            made,
            lambda found=found: made.releases.propose(release, "first", found, "Olu", "try"),  # type: ignore[misc]
            ReleaseMoveRefused,
        )
        assert "not of" in said


def test_withdrawing_and_switching_off_never_wait(made: Releasing) -> None:
    made.approved(FIRST)
    made.operations.activate(FIRST, {})
    closed = replace(made.gate, running=lambda snapshot: running("another software"))
    operations = replace(made.operations, gate=closed)
    operations.withdraw(WithdrawalKind.PAGE, PASSPORT, "wrong")
    operations.switch(False, "wrong altogether")
    assert not operations.state().answering


def test_rolling_back_to_what_was_approved_never_waits(made: Releasing) -> None:
    first, second = made.approved(FIRST), made.approved(SECOND)
    made.operations.activate(FIRST, {})
    made.operations.activate(SECOND, {})
    assert made.releases.find(first.digest).status is Status.SUPERSEDED
    live = made.operations.rollback("second was wrong")
    assert (live.snapshot, live.release) == (FIRST, first.digest)
    assert made.releases.find(second.digest).status is Status.SUPERSEDED
    told = records(made.world, Kind.SNAPSHOT_ROLLED_BACK, Kind.RELEASE_ACTIVATED)[-2:]
    assert [r.kind for r in told] == [Kind.SNAPSHOT_ROLLED_BACK, Kind.RELEASE_ACTIVATED]
    assert told[1].facts["supersedes"] == second.digest
    assert told[1].facts["reason"] == "second was wrong"


def test_rolling_back_passes_over_what_served_in_a_trial(made: Releasing) -> None:
    trial = made.world.operations
    first = made.approved(FIRST)
    made.operations.activate(FIRST, {})
    trial.activate(THIRD, {})
    assert trial.state().release == ""
    made.approved(SECOND)
    made.operations.activate(SECOND, {})
    live = made.operations.rollback("wrong")
    assert (live.snapshot, live.release, live.earlier) == (FIRST, first.digest, ())


def test_rolling_back_to_what_was_never_approved_is_refused(made: Releasing) -> None:
    made.world.operations.activate(THIRD, {})
    made.approved(FIRST)
    made.operations.activate(FIRST, {})
    said = unchanged(made, lambda: made.operations.rollback("wrong"), ReleaseUnexamined)
    assert "signpost off" in said


def test_a_trial_activates_freely_and_the_log_says_so(made: Releasing) -> None:
    made.world.operations.activate(FIRST, {"documents": 4})
    (record,) = records(made.world, Kind.SNAPSHOT_ACTIVATED)
    assert record.facts["trial"] is True
    assert made.operations.state().release == ""
    made.approved(FIRST)
    made.operations.activate(FIRST, {})
    assert made.operations.state().release == running(FIRST.version).digest
    assert len(records(made.world, Kind.SNAPSHOT_ACTIVATED)) == 1


def test_new_software_over_the_same_guidance_is_a_release_of_its_own(made: Releasing) -> None:
    made.approved(FIRST)
    made.operations.activate(FIRST, {})
    newer = replace(running(FIRST.version), software="2.0+software")
    gate = replace(made.gate, running=lambda snapshot: replace(newer, snapshot=snapshot))
    operations = replace(made.operations, gate=gate)
    unchanged(made, lambda: operations.activate(FIRST, {}), ReleaseUnexamined)
    seen = made.releases.propose(newer, "first", passed(newer), "Olu", "an upgrade")
    made.releases.approve(seen, "Ann", "all has passed")
    live = operations.activate(FIRST, {}, by="signpost serve", reason="a server started with it")
    assert (live.snapshot, live.release, live.earlier) == (FIRST, newer.digest, ())
    with pytest.raises(NothingToChange):
        operations.activate(FIRST, {})


# ---- the moves ---------------------------------------------------------------------------------


def test_every_move_is_a_record_with_who_and_why(made: Releasing) -> None:
    made.register_board()
    failed = made.proposed(SECOND, verdict=Verdict.FAILED)
    made.releases.override(failed, "Ann", "urgent", made.signed(failed))
    made.operations.activate(SECOND, {}, by="Olu", reason="go")
    refused = made.proposed(THIRD)
    made.releases.refuse(refused, "Bea", "not now")
    told = records(
        made.world,
        Kind.BOARD_KEY_REGISTERED,
        Kind.RELEASE_PROPOSED,
        Kind.RELEASE_OVERRIDDEN,
        Kind.RELEASE_ACTIVATED,
        Kind.RELEASE_REFUSED,
    )
    assert [(r.kind, r.facts["by"], r.facts["reason"]) for r in told] == [
        (Kind.BOARD_KEY_REGISTERED, "Olu", "the board's first key"),
        (Kind.RELEASE_PROPOSED, "Olu", "new guidance"),
        (Kind.RELEASE_OVERRIDDEN, "Ann", "urgent"),
        (Kind.RELEASE_ACTIVATED, "Olu", "go"),
        (Kind.RELEASE_PROPOSED, "Olu", "new guidance"),
        (Kind.RELEASE_REFUSED, "Bea", "not now"),
    ]
    evaluated = records(made.world, Kind.EVALUATION_RECORDED)
    assert [(r.facts["kind"], r.facts["verdict"]) for r in evaluated] == [
        (kind, verdict) for verdict in ("failed", "passed") for kind in EvaluationKind
    ]
    for state in made.releases.all():
        for move in state.moves:
            assert any(record.record_id == move.record for record in told)


def test_only_legal_moves_are_made(made: Releasing) -> None:
    made.register_board()
    decide = {
        MoveKind.APPROVED: lambda s: made.releases.approve(
            s, "Ann", "urgent", made.signed(s, Act.APPROVE)
        ),
        MoveKind.OVERRIDDEN: lambda s: made.releases.override(s, "Ann", "urgent", made.signed(s)),
        MoveKind.REFUSED: lambda s: made.releases.refuse(s, "Ann", "no"),
        MoveKind.PROPOSED: lambda s: made.proposed(FIRST),
    }

    def only(*allowed: MoveKind) -> None:
        seen = made.releases.find(running(FIRST.version).digest)
        for kind in set(decide) - set(allowed):
            said = unchanged(made, lambda kind=kind: decide[kind](seen), ReleaseMoveRefused)  # type: ignore[misc]
            assert f"cannot be {kind}" in said

    made.proposed(FIRST)
    only(*decide)
    decide[MoveKind.REFUSED](made.releases.find(running(FIRST.version).digest))
    only(MoveKind.PROPOSED)
    decide[MoveKind.PROPOSED](made.releases.find(running(FIRST.version).digest))
    decide[MoveKind.APPROVED](made.releases.find(running(FIRST.version).digest))
    only(MoveKind.REFUSED)
    made.operations.activate(FIRST, {})
    only()
    second = made.proposed(SECOND)
    made.releases.override(second, "Ann", "urgent", made.signed(second))
    made.operations.activate(SECOND, {})
    only(MoveKind.REFUSED)
    made.releases.refuse(made.releases.find(running(FIRST.version).digest), "Ann", "never again")
    unchanged(made, lambda: made.operations.rollback("back"), ReleaseUnexamined)


@pytest.mark.parametrize("nothing", ["", "  ", "two\nlines", "a\x00b", "x" * 1001, "a\u2028b"])
def test_who_and_why_are_said_in_a_line(made: Releasing, nothing: str) -> None:
    state = made.proposed(FIRST)
    for by, reason in ((nothing, "why"), ("who", nothing)):
        for move in (
            lambda by=by, reason=reason: made.releases.approve(state, by, reason),
            lambda by=by, reason=reason: made.releases.refuse(state, by, reason),
            lambda by=by, reason=reason: made.releases.register(BOARD, by, reason),
            lambda by=by, reason=reason: made.releases.propose(
                running(SECOND.version), "s", (), by, reason
            ),
        ):
            unchanged(made, move, ReleaseMoveRefused)


def test_proposing_again_adds_evaluations_and_the_newest_of_a_kind_counts(made: Releasing) -> None:
    made.proposed(FIRST, QUALITY, SAFETY)
    state = made.proposed(FIRST, BIAS)
    assert state.shortfalls == ()
    state = made.proposed(FIRST, SAFETY, verdict=Verdict.FAILED)
    assert len(state.shortfalls) == 1
    assert state.shortfalls[0].startswith("safety: failed")
    assert made.releases.find(state.digest) == state


def test_releases_are_found_by_their_first_digits(made: Releasing) -> None:
    first = made.proposed(FIRST)
    assert made.releases.find(first.digest[:8]).digest == first.digest
    for wrong in ("", first.digest[:7], "0" * 8, "%", "zzzzzzzz"):
        with pytest.raises(ReleaseUnknown):
            made.releases.find(wrong)


def test_figures_count_every_override_for_good(made: Releasing) -> None:
    made.register_board()
    assert made.releases.figures(gated=True) == ReleaseFigures(True, 0, False)
    state = made.proposed(FIRST, verdict=Verdict.FAILED)
    state = made.releases.override(state, "Ann", "urgent", made.signed(state))
    assert made.releases.figures(gated=True) == ReleaseFigures(True, 1, False)
    made.operations.activate(FIRST, {})
    assert made.releases.figures(gated=True) == ReleaseFigures(True, 1, True)
    good = made.proposed(SECOND)
    made.releases.approve(good, "Ann", "urgent", made.signed(good, Act.APPROVE))
    made.operations.activate(SECOND, {})
    assert made.releases.figures(gated=True) == ReleaseFigures(True, 1, False)


def test_what_ships_evaluated_is_taken_over_once_and_a_refusal_stands(made: Releasing) -> None:
    release = running(FIRST.version)
    examined = "9" * 64
    adopt = lambda found: made.releases.adopt(release, "first", found, "Signpost 1.0", examined)  # noqa: E731
    assert not adopt(passed(release, QUALITY, SAFETY))
    assert not adopt(passed(release, verdict=Verdict.TOO_FEW_DATA))
    assert made.releases.all() == ()
    assert adopt(passed(release))
    made.operations.activate(FIRST, {})
    (approved,) = records(made.world, Kind.RELEASE_APPROVED)
    assert approved.facts["shipped"] == examined
    second = made.approved(SECOND)
    made.operations.activate(SECOND, {})
    made.releases.refuse(made.releases.find(release.digest), "Bea", "not good enough for us")
    assert not adopt(passed(release))
    unchanged(made, lambda: made.operations.activate(FIRST, {}), ReleaseUnexamined)
    assert made.operations.state().release == second.digest
