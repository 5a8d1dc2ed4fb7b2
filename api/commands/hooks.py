"""Hooks: who else is told what happens to cases; look after what was delivered."""

import base64
import secrets
import threading
from typing import Annotated

import typer
from rich.table import Table

from api.bootstrap import Home, new_id, now
from api.commands.running import fail, opened_home, output
from api.settings import PREFIX
from assistant.errors import EndpointUnknown
from assistant.escalations.outbox import Announced
from assistant.hooks.deliverer import drain
from assistant.hooks.loading import SECRET_PREFIX
from assistant.hooks.results import Delivered, Endpoint, Failed, Gone, Rejected, Skipped
from assistant.hooks.rows import EndpointState, Status, dead, states

hooks = typer.Typer(help="Tell other systems what happens to cases.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="The hook's name in the file.")]
NEW_SECRET_BYTES = 32


@hooks.command("run")
def run(
    once: Annotated[
        bool, typer.Option("--once", help="Try what is due now, then end: for a timer.")
    ] = False,
) -> None:
    """Deliver until stopped, as `signpost serve` does beside serving."""
    with opened_home() as home:
        _require_hooks(home)
        if once:
            attempts = drain(home.deliveries, home.hooks.endpoints)
            output.print(f"{attempts} attempts made.")
            return
        with home.delivering():
            output.print("Delivering. Stop it with Ctrl+C.")
            threading.Event().wait()


@hooks.command("list")
def list_() -> None:
    """Show each hook, with its deliveries by status."""
    with opened_home() as home:
        _require_hooks(home)
        with home.database.read() as connection:
            known = {each.name: each for each in states(connection)}
        named = {endpoint.name: endpoint for endpoint in home.hooks.endpoints}
        table = Table("hook", "events", *(status.value for status in Status), "oldest", "state")
        for name in sorted({*known, *named}):
            state = known.get(name, EndpointState(name, dict.fromkeys(Status, 0)))
            kinds = ", ".join(sorted(named[name].kinds)) or "all" if name in named else ""
            counts = (str(state.counts[status]) for status in Status)
            table.add_row(name, kinds, *counts, state.oldest, _state(state, name in named))
        output.print(table)


@hooks.command("dead")
def dead_(
    name: Annotated[str, typer.Argument(help="Of one hook; of all if not given.")] = "",
    limit: Annotated[int, typer.Option("--limit", min=1, help="Show at most so many.")] = 100,
) -> None:
    """Show the dead letters: what was tried to the end, or refused for good."""
    with opened_home() as home:
        with home.database.read() as connection:
            rows = dead(connection, name, limit)
        table = Table("hook", "event", "kind", "case", "recipient", "attempts", "given up", "why")
        for row in rows:
            table.add_row(
                row.endpoint,
                str(row.event_id),
                row.kind,
                row.case_id,
                row.recipient,
                str(row.attempts),
                row.settled_at,
                row.last_error,
            )
        output.print(table if rows else "No dead letters.")


@hooks.command("replay")
def replay(
    name: Name,
    event: Annotated[
        int, typer.Option("--event", help="Send this event again, delivered or not.")
    ] = -1,
    after: Annotated[
        int | None,
        typer.Option("--after", help="Send again every event after this id; -1 for all."),
    ] = None,
) -> None:
    """Try dead letters again, or send events again."""
    with opened_home() as home:
        endpoint = _endpoint(home, name)
        home.deliveries.enrol([name])
        if after is not None:
            count = home.deliveries.replay_after(endpoint, after)
        else:
            count = home.deliveries.replay(endpoint, event if event >= 0 else None)
        output.print(f"{count} deliveries are due again.")


@hooks.command("enable")
def enable(name: Name) -> None:
    """Send to a hook again that answered 410, from where it stopped."""
    with opened_home() as home:
        was = home.deliveries.enable(name)
        output.print(f"{name} is enabled." if was else f"{name} was not disabled.", markup=False)


@hooks.command("test")
def test(name: Name) -> None:
    """Send one event of the kind "test" at once, without a retry. Exit status 1 if it fails."""
    with opened_home() as home:
        endpoint = _endpoint(home, name)
        # Below 0, as no event's is, and another each time: a receiver drops what it had before.
        number = -int(now().timestamp())
        event = Announced(number, "test", now(), f"test-{new_id()}", f"test-{new_id()}")
        said, failed = "", False
        for recipient in endpoint.recipients:
            match endpoint.sender.send(event, recipient, 1):
                case Delivered():
                    said = "delivered"
                case Skipped(why):
                    said = f"skipped: {why}"
                case Failed(why) | Rejected(why) | Gone(why):
                    said, failed = f"failed: {why}", True
            output.print(f"{name} {recipient}".strip() + f": {said}", markup=False)
        if failed:
            raise typer.Exit(1)


@hooks.command("secret")
def secret() -> None:
    """Print a new secret for a webhook, for its file and for its receiver."""
    random = base64.b64encode(secrets.token_bytes(NEW_SECRET_BYTES)).decode()
    output.print(SECRET_PREFIX + random, markup=False, highlight=False)


def _require_hooks(home: Home) -> None:
    if not home.hooks.endpoints:
        fail(f"No hooks: name them in a file, and the file in {PREFIX}HOOKS. See docs/hooks.md.")


def _endpoint(home: Home, name: str) -> Endpoint:
    _require_hooks(home)
    for endpoint in home.hooks.endpoints:
        if endpoint.name == name:
            return endpoint
    known = ", ".join(sorted(each.name for each in home.hooks.endpoints))
    raise EndpointUnknown(f'No hook is named "{name}"; they are: {known}.')


def _state(state: EndpointState, named: bool) -> str:
    if not named:
        return "not in the file"
    return f"disabled: {state.disabled_why}" if state.disabled_at else ""
