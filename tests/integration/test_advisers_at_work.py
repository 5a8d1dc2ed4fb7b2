"""Who counts as being there: advisers who use the console now, for their teams' queues."""

from datetime import timedelta
from pathlib import Path

from sqlalchemy import update

from api.staff.permissions import Role
from api.staff.rows import AT_WORK, advisers_at_work
from api.staff.tables import accounts, sessions
from assistant.storage import as_text
from tests.staffing import Staffing, staffing

QUEUES = ("general", "welsh")


def _there(staff: Staffing, queue: str = "general") -> int:
    with staff.database.read() as connection:
        return advisers_at_work(connection, queue, QUEUES, staff.clock())


def test_only_advisers_who_are_active_count(tmp_path: Path) -> None:
    with (
        staffing(f"sqlite:///{tmp_path}/a.db", f"sqlite:///{tmp_path}/k.db") as staff,
        staff.client() as http,
    ):
        account = staff.account(Role.ADVISER)
        staff.account(Role.ADVISER, name="Never here")
        assert _there(staff) == 0  # an account says nothing of who is there
        staff.sign_in(http, staff.account(Role.ADMIN))
        assert _there(staff) == 0  # nor does anybody else's session
        for _ in range(2):
            staff.sign_in(http, account)
        assert _there(staff) == _there(staff, "welsh") == 1  # two browsers, one person
        with staff.database.write() as connection:
            connection.execute(update(accounts).values(teams='["welsh", "benefits"]'))
        assert (_there(staff), _there(staff, "welsh")) == (0, 1)
        staff.clock.pass_(seconds=AT_WORK.total_seconds() - 1)
        assert _there(staff, "welsh") == 1
        staff.clock.pass_(seconds=1)
        assert _there(staff, "welsh") == 0
        late = as_text(staff.clock() + timedelta(hours=1))
        with staff.database.write() as connection:
            connection.execute(update(sessions).values(seen_at=late, ends_at=late))
            connection.execute(update(sessions).values(stage="second_factor"))
        assert _there(staff, "welsh") == 0
        with staff.database.write() as connection:
            connection.execute(update(sessions).values(stage="signed_in"))
        assert _there(staff, "welsh") == 1
        with staff.database.write() as connection:
            connection.execute(update(accounts).values(disabled_at=late))
        assert _there(staff, "welsh") == 0
