"""Who may do what in the console: one closed set of permissions, one table of roles.

Read the table from top to bottom; nothing else gives anybody a right. A route names the one
permission that it needs (`api/staff/access.py`), never a role.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum


class Role(StrEnum):
    """What somebody is employed to do here. One person may have several roles."""

    ADVISER = "adviser"
    SUPERVISOR = "supervisor"
    BOARD = "board"
    ADMIN = "admin"


class Permission(StrEnum):
    """One thing that a console route lets somebody do."""

    SEE_HOME = "see_home"
    """Open the console's first page."""

    KEEP_OWN_ACCOUNT = "keep_own_account"
    """See and end one's own sessions, change one's own password and second factor."""

    MANAGE_PEOPLE = "manage_people"
    """Add people, change their roles, disable and enable them, let them join again."""

    VIEW_CASES = "view_cases"
    """See the queue and what is in a case: masked text."""

    REVEAL_TEXT = "reveal_text"
    """Read a citizen's own words without the mask: recorded each time."""

    WORK_CASES = "work_cases"
    """Claim, answer, note, transfer and close a case."""

    ASSIST = "assist"
    """Ask on behalf of a citizen on the phone or at a desk."""

    PRACTISE = "practise"
    """Use the practice room."""

    PROPOSE_KNOWLEDGE = "propose_knowledge"
    """Put an answer forward as knowledge."""

    APPROVE_KNOWLEDGE = "approve_knowledge"
    """Approve or turn down knowledge that somebody else put forward."""

    DECIDE_CHALLENGES = "decide_challenges"
    """Decide a citizen's challenge to an answer."""

    SUPERVISE = "supervise"
    """See waits and service levels; move any case to somebody else."""

    SET_OPENING_HOURS = "set_opening_hours"
    """Change when the contact centre is open."""

    MANAGE_DELIVERIES = "manage_deliveries"
    """See and send again what could not be delivered to other systems."""

    VIEW_BOARD = "view_board"
    """Open the ethics board's pages."""


_EVERYBODY = frozenset({Permission.SEE_HOME, Permission.KEEP_OWN_ACCOUNT})
_ADVISER = frozenset(
    {
        Permission.VIEW_CASES,
        Permission.REVEAL_TEXT,
        Permission.WORK_CASES,
        Permission.ASSIST,
        Permission.PRACTISE,
        Permission.PROPOSE_KNOWLEDGE,
    }
)

GRANTS: Mapping[Role, frozenset[Permission]] = {
    Role.ADVISER: _EVERYBODY | _ADVISER,
    Role.SUPERVISOR: _EVERYBODY
    | _ADVISER
    | {
        Permission.APPROVE_KNOWLEDGE,
        Permission.DECIDE_CHALLENGES,
        Permission.SUPERVISE,
        Permission.SET_OPENING_HOURS,
    },
    Role.BOARD: _EVERYBODY | {Permission.VIEW_BOARD},
    Role.ADMIN: _EVERYBODY
    | {
        Permission.MANAGE_PEOPLE,
        Permission.SET_OPENING_HOURS,
        Permission.MANAGE_DELIVERIES,
    },
}
"""What each role may do. An admin looks after accounts and reads no citizen's words."""


def permissions_of(roles: Iterable[Role]) -> frozenset[Permission]:
    """Return everything that somebody with these roles may do."""
    return frozenset(permission for role in roles for permission in GRANTS[role])
