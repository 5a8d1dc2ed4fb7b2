"""What a start of the service leaves in the log: with what it came up, and under which policy."""

from sqlalchemy import Connection

from assistant.presentation import Versions
from audit.canonical import Json
from audit.events import Event, Kind
from audit.log import Log


def record_policy(connection: Connection, log: Log, digest: str) -> bool:
    """Record that a policy came into force, unless it was the last to; say whether it was new.

    `from` is the digest of the one before, empty for the first. Call it before anything is
    answered under the policy, in a write transaction. Processes that start together record a
    change once.
    """
    log.lock(connection)
    last = log.newest(connection, Kind.POLICY_CHANGED)
    before = str(last.facts["to"]) if last else ""
    if before == digest:
        return False
    log.append(connection, [Event(Kind.POLICY_CHANGED, {"from": before, "to": digest})])
    return True


def record_start(
    connection: Connection, log: Log, versions: Versions, settings: str, release: str = ""
) -> None:
    """Record that a server is ready: the digests of what shapes its answers and of its settings.

    `release` is the digest of the approved release that it serves, empty in a trial.
    """
    facts: dict[str, Json] = {"versions": dict(versions.facts()), "settings": settings}
    if release:
        facts["release"] = release
    log.append(connection, [Event(Kind.SERVICE_STARTED, facts)])
