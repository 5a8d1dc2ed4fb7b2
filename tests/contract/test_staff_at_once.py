"""Of two who use the same thing at once, exactly one wins: on both databases."""

import threading
from collections.abc import Callable, Iterator

import pyotp
import pytest

from api.staff.accounts import COMMAND_LINE
from api.staff.console import Console, open_console
from api.staff.errors import NotSignedIn, SignInRefused, SignInSlowed, StaffMoveRefused
from api.staff.permissions import Role
from api.staff.rows import contact_centre_in_use
from api.staff.sessions import Session, Stage
from api.staff.sign_in import Signer
from audit.events import Kind
from tests.databases import NewDatabase
from tests.staffing import Staffing, staffing

SIGNER = Signer("device", "192.0.2.1", "a browser")
PASSWORD = "otter lantern gravel"


@pytest.fixture
def made(new_database: NewDatabase) -> Iterator[Staffing]:
    with staffing(new_database(), new_database()) as made:
        yield made


@pytest.fixture
def console(made: Staffing) -> Console:
    return open_console(made.staff, "http://testserver", "Signpost")


def at_once(*moves: Callable[[], object]) -> list[object]:
    """Make all moves at the same moment; return what each gave, or its fault."""
    came: list[object] = []
    barrier = threading.Barrier(len(moves))

    def make(move: Callable[[], object]) -> None:
        barrier.wait()
        try:
            came.append(move())
        except Exception as fault:  # noqa: BLE001
            came.append(fault)

    threads = [threading.Thread(target=make, args=(move,)) for move in moves]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return came


def wins(came: list[object], *losing: type[Exception]) -> int:
    faults = [each for each in came if isinstance(each, Exception)]
    assert all(isinstance(fault, losing) for fault in faults), faults
    return len(came) - len(faults)


def joined(console: Console, made: Staffing, *held: Role, email: str = "a@x.example"):  # type: ignore[no-untyped-def]
    """Join; return the person, the app's key and the recovery codes."""
    invitation = console.accounts.add(
        email, "Amina Begum", "Amina", held or (Role.ADVISER,), by=COMMAND_LINE
    )
    credentials, person = console.credentials, invitation.person
    token = credentials.begin_joining(invitation.code, "a browser")
    credentials.choose_password(person, token, PASSWORD, PASSWORD)
    key = credentials.prepare(person, token)
    _, codes = credentials.join(person, token, pyotp.TOTP(key).at(made.clock()), SIGNER)
    made.clock.pass_(minutes=2)
    return console.accounts.find(person.id), key, codes


def half_way(console: Console, email: str = "a@x.example") -> tuple[Session, str]:
    token = console.sign_in.with_password(email, PASSWORD, SIGNER, lambda _: None)
    found = console.sessions.find(token)
    assert found
    return found[0], token


def test_one_recovery_code_opens_once(made: Staffing, console: Console) -> None:
    _, _, codes = joined(console, made)
    steps = [half_way(console) for _ in range(4)]
    came = at_once(
        *[
            lambda at=at: console.sign_in.with_recovery_code(*at, codes[0], SIGNER)  # type: ignore[misc]
            for at in steps
        ]
    )
    assert wins(came, SignInRefused) == 1
    signed_in = [r.facts["how"] for r in made.records(Kind.STAFF_SIGNED_IN)]
    assert signed_in == ["joining", "recovery_code"]


def test_one_code_of_the_app_opens_once(made: Staffing, console: Console) -> None:
    _, key, _ = joined(console, made)
    steps = [half_way(console) for _ in range(4)]
    typed = pyotp.TOTP(key).at(made.clock())
    came = at_once(
        *[
            lambda at=at: console.sign_in.with_authenticator(*at, typed, SIGNER)  # type: ignore[misc]
            for at in steps
        ]
    )
    assert wins(came, SignInRefused) == 1


def test_one_half_way_session_becomes_one_session(made: Staffing, console: Console) -> None:
    person, _, codes = joined(console, made)
    at = half_way(console)
    before = len(console.sessions.of(person.id))
    came = at_once(
        *[
            lambda code=code: console.sign_in.with_recovery_code(*at, code, SIGNER)  # type: ignore[misc]
            for code in codes[:4]
        ]
    )
    assert wins(came, NotSignedIn) == 1
    assert len(console.sessions.of(person.id)) == before + 1
    assert console.credentials.codes_left(person.id) == 9, "a code is used up only where it opens"


def test_one_joining_code_joins_one_person(made: Staffing, console: Console) -> None:
    invitation = console.accounts.add("b@x.example", "B B", "B", (Role.BOARD,), by=COMMAND_LINE)
    credentials, person = console.credentials, invitation.person
    tokens = [credentials.begin_joining(invitation.code, "") for _ in range(3)]
    moves = []
    for token in tokens:
        credentials.choose_password(person, token, PASSWORD, PASSWORD)
        typed = pyotp.TOTP(credentials.prepare(person, token)).at(made.clock())
        moves.append(lambda t=token, c=typed: credentials.join(person, t, c, SIGNER))
    assert wins(at_once(*moves), StaffMoveRefused) == 1
    assert len(made.records(Kind.STAFF_JOINED)) == 1


def test_many_guesses_at_once_are_each_counted(made: Staffing, console: Console) -> None:
    joined(console, made)
    stranger = Signer("", "192.0.2.9", "")

    def guess() -> object:
        return console.sign_in.with_password("a@x.example", "a guess", stranger, lambda _: None)

    came = at_once(*[guess] * 12)
    assert wins(came, SignInRefused, SignInSlowed) == 0
    assert sum(isinstance(each, SignInRefused) for each in came) == 6


def test_two_admins_cannot_both_go(made: Staffing, console: Console) -> None:
    first, _, _ = joined(console, made, Role.ADMIN, email="a@x.example")
    second, _, _ = joined(console, made, Role.ADMIN, email="b@x.example")
    came = at_once(
        lambda: console.accounts.disable(first.id, by=second.id),
        lambda: console.accounts.disable(second.id, by=first.id),
    )
    assert wins(came, StaffMoveRefused) == 1
    left = [each for each in console.accounts.all() if each.active]
    assert len(left) == 1
    last = left[0]
    for move in (
        lambda: console.accounts.disable(last.id, by=last.id),
        lambda: console.accounts.reset(last.id, by=COMMAND_LINE),
        lambda: console.accounts.change(last.id, "A", (Role.BOARD,), (), ("en",), by=last.id),
    ):
        before = console.accounts.find(last.id)
        with pytest.raises(StaffMoveRefused, match="last admin"):
            move()
        assert console.accounts.find(last.id) == before


def test_an_admin_who_never_joined_does_not_count(made: Staffing, console: Console) -> None:
    admin, _, _ = joined(console, made, Role.ADMIN)
    console.accounts.add("new@x.example", "N N", "N", (Role.ADMIN,), by=admin.id)
    with pytest.raises(StaffMoveRefused, match="last admin"):
        console.accounts.disable(admin.id, by=admin.id)


def test_the_command_line_brings_an_admin_back(made: Staffing, console: Console) -> None:
    admin, _, _ = joined(console, made, Role.ADMIN)
    other, _, _ = joined(console, made, Role.ADVISER, email="b@x.example")
    console.accounts.disable(other.id, by=admin.id)
    invitation = console.accounts.recover_admin("B@x.example ", reason="the only phone was lost")
    assert invitation.person.roles == {Role.ADVISER, Role.ADMIN}
    token = console.credentials.begin_joining(invitation.code, "")
    found = console.sessions.find(token)
    assert found is not None
    assert found[0].stage is Stage.JOINING
    (record,) = made.records(Kind.STAFF_ADMIN_RECOVERED)
    assert record.facts == {
        "who": other.id,
        "by": COMMAND_LINE,
        "reason": "the only phone was lost",
    }


def test_other_roles_end_sessions_and_the_centre_is_in_use_with_an_adviser(
    made: Staffing, console: Console
) -> None:
    def in_use() -> bool:
        with made.database.read() as connection:
            return contact_centre_in_use(connection)

    assert not in_use()
    console.accounts.add("n@x.example", "N N", "N", (Role.ADVISER,), by=COMMAND_LINE)
    assert not in_use(), "not before somebody has joined"
    person, _, _ = joined(console, made)
    assert in_use()
    assert len(console.sessions.of(person.id)) == 1
    console.accounts.change(person.id, "Ami", (Role.ADVISER,), ("tax",), ("cy",), by=COMMAND_LINE)
    assert len(console.sessions.of(person.id)) == 1
    console.accounts.change(person.id, "Ami", (Role.BOARD,), ("tax",), ("cy",), by=COMMAND_LINE)
    assert console.sessions.of(person.id) == ()
    assert not in_use()


def test_the_known_browser_has_no_share_in_what_strangers_did(
    made: Staffing, console: Console
) -> None:
    """Strangers who know the password slow the second factor for strangers, not for a colleague."""
    _, key, _ = joined(console, made)
    at = half_way(console)
    entry = console.sign_in.with_authenticator(*at, pyotp.TOTP(key).at(made.clock()), SIGNER)
    known = Signer(entry.device, "192.0.2.1", "")
    made.clock.pass_(minutes=2)
    for number in range(12):
        stranger = Signer("", f"198.51.100.{number}", "")
        at = half_way(console)
        with pytest.raises((SignInRefused, SignInSlowed)):
            console.sign_in.with_authenticator(*at, "000000", stranger)
    at = half_way(console)
    fresh = Signer("", "203.0.113.5", "")
    with pytest.raises(SignInSlowed):
        console.sign_in.with_authenticator(*at, pyotp.TOTP(key).at(made.clock()), fresh)
    assert console.sign_in.with_authenticator(*at, pyotp.TOTP(key).at(made.clock()), known)
