"""Tables of staff accounts, their sessions and attempts to sign in.

Nothing here lets its reader in: passwords are Argon2id hashes, second factors are sealed under a
key that is not in the database, and codes, session and device identifiers are kept as digests.
Times are UTC text, as everywhere.
"""

from sqlalchemy import (
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
)

from audit.storage import NAMING

metadata = MetaData(naming_convention=NAMING)

_TIME = String(32)
_ID = String(64)

accounts = Table(
    "staff_accounts",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("email", String(320), nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("first_name", Text, nullable=False),
    Column("teams", Text, nullable=False),
    Column("languages", Text, nullable=False),
    Column("added_at", _TIME, nullable=False),
    Column("joined_at", _TIME),
    Column("disabled_at", _TIME),
    Column("password_hash", Text),
    Column("second_factor", LargeBinary),
    Column("last_step", Integer, nullable=False),
    Column("provider_subject", Text),
)
"""`id` is what the audit log names somebody by. `last_step` is the newest 30 s step of the second
factor that was used. `teams` and `languages` are JSON lists. `provider_subject` is the identity
provider's own name of somebody, kept from the first sign-in on."""

roles = Table(
    "staff_roles",
    metadata,
    Column("account_id", _ID, ForeignKey("staff_accounts.id"), primary_key=True),
    Column("role", String(16), primary_key=True),
    Index("staff_roles_by_role", "role"),
)

join_codes = Table(
    "staff_join_codes",
    metadata,
    Column("account_id", _ID, ForeignKey("staff_accounts.id"), primary_key=True),
    Column("code_hash", _ID, nullable=False, unique=True),
    Column("ends_at", _TIME, nullable=False),
)
"""At most one code that works for each account: a new one replaces it."""

recovery_codes = Table(
    "staff_recovery_codes",
    metadata,
    Column("account_id", _ID, ForeignKey("staff_accounts.id"), primary_key=True),
    Column("code_hash", _ID, primary_key=True),
)
"""Codes not used yet; using one deletes it."""

sessions = Table(
    "staff_sessions",
    metadata,
    Column("id_hash", _ID, primary_key=True),
    Column("reference", _ID, nullable=False, unique=True),
    Column("account_id", _ID, ForeignKey("staff_accounts.id"), nullable=False),
    Column("stage", String(16), nullable=False),
    Column("began_at", _TIME, nullable=False),
    Column("seen_at", _TIME, nullable=False),
    Column("ends_at", _TIME, nullable=False),
    Column("browser", Text, nullable=False),
    Column("draft_password", Text),
    Column("draft_second_factor", LargeBinary),
    Index("staff_sessions_by_account", "account_id"),
)
"""`reference` names a session on pages and opens nothing. The drafts are what somebody chose and
has not confirmed yet."""

devices = Table(
    "staff_devices",
    metadata,
    Column("account_id", _ID, ForeignKey("staff_accounts.id"), primary_key=True),
    Column("id_hash", _ID, primary_key=True),
    Column("seen_at", _TIME, nullable=False),
)
"""Browsers from which somebody signed in before."""

attempts = Table(
    "staff_attempts",
    metadata,
    Column("key", _ID, primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("not_before", _TIME, nullable=False),
    Column("last_at", _TIME, nullable=False),
)
"""Failed attempts by (what was tried, who tried), both as one keyed digest."""

provider_attempts = Table(
    "staff_provider_attempts",
    metadata,
    Column("state_hash", _ID, primary_key=True),
    Column("browser_hash", _ID, nullable=False),
    Column("ends_at", _TIME, nullable=False),
)
"""Sign-ins that are at the identity provider now."""
