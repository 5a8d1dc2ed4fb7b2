"""Accounts of the staff console, from the machine itself."""

from typing import Annotated

import typer
from rich.table import Table

from api.bootstrap import Home
from api.commands.running import opened_home, output
from api.staff.accounts import COMMAND_LINE, Accounts, Invitation
from api.staff.console import open_accounts
from api.staff.people import Person
from api.staff.permissions import Role

staff = typer.Typer(help="Look after the accounts of the staff console.", no_args_is_help=True)

Email = Annotated[str, typer.Argument(help="The e-mail address that the person signs in with.")]
Roles = Annotated[
    list[Role], typer.Option("--role", help="What the person does here; repeat for several.")
]
Teams = Annotated[
    list[str] | None, typer.Option("--team", help="A queue the person works in; repeat.")
]
Languages = Annotated[
    list[str] | None, typer.Option("--language", help="A language spoken, such as cy; repeat.")
]


@staff.command("add")
def add(
    email: Email,
    name: Annotated[str, typer.Option("--name", help="As colleagues know the person.")],
    role: Roles,
    first_name: Annotated[
        str, typer.Option("--first-name", help="What citizens see; the name's first word if empty.")
    ] = "",
    team: Teams = None,
    language: Languages = None,
) -> None:
    """Add somebody, and print the code with which they join."""
    with opened_home() as home:
        shown = first_name or name.strip().partition(" ")[0]
        languages = language or ["en"]
        invitation = _accounts(home).add(
            email, name, shown, role, team or [], languages, by=COMMAND_LINE
        )
        _invite(home, invitation)


@staff.command("list")
def list_all() -> None:
    """Show everybody who has an account."""
    with opened_home() as home:
        people = _accounts(home).all()
        table = Table("name", "e-mail", "roles", "teams", "languages", "state", "id in the log")
        for each in people:
            table.add_row(
                each.name,
                each.email,
                ", ".join(sorted(each.roles)),
                ", ".join(each.teams),
                ", ".join(each.languages),
                _state(each),
                each.id,
            )
        if people:
            output.print(table, markup=False)
        else:
            output.print("Nobody has an account. Begin with: signpost staff add … --role admin")


@staff.command("disable")
def disable(email: Email) -> None:
    """Close somebody's account; they are signed out everywhere, at once."""
    with opened_home() as home:
        accounts = _accounts(home)
        person = accounts.disable(accounts.named(email).id, by=COMMAND_LINE)
        _say(f"The account of {person.name} is closed, and its sessions have ended.")


@staff.command("enable")
def enable(email: Email) -> None:
    """Open a closed account again."""
    with opened_home() as home:
        accounts = _accounts(home)
        person = accounts.enable(accounts.named(email).id, by=COMMAND_LINE)
        _say(f"The account of {person.name} is open again.")


@staff.command("roles")
def roles(email: Email, role: Roles, team: Teams = None, language: Languages = None) -> None:
    """Set somebody's roles; their teams and languages too, where given."""
    with opened_home() as home:
        accounts = _accounts(home)
        before = accounts.named(email)
        after = accounts.change(
            before.id,
            before.first_name,
            role,
            before.teams if team is None else team,
            before.languages if language is None else language,
            by=COMMAND_LINE,
        )
        _say(f"{after.name}: {', '.join(sorted(after.roles))}.")


@staff.command("reset-second-factor")
def reset_second_factor(email: Email) -> None:
    """Let somebody join again: for a lost phone, a forgotten password, a code that ran out."""
    with opened_home() as home:
        accounts = _accounts(home)
        _invite(home, accounts.reset(accounts.named(email).id, by=COMMAND_LINE))


@staff.command("recover-admin")
def recover_admin(
    email: Email,
    reason: Annotated[str, typer.Option("--reason", help="Why: goes into the audit log.")],
) -> None:
    """Make somebody an admin and let them join again: for when no admin can sign in."""
    with opened_home() as home:
        _invite(home, _accounts(home).recover_admin(email, reason=reason))


def _accounts(home: Home) -> Accounts:
    return open_accounts(home.staff)


def _invite(home: Home, invitation: Invitation) -> None:
    settings = home.settings
    address = settings.base_url or f"http://{settings.host}:{settings.port}"
    _say(f"{invitation.person.name}: {', '.join(sorted(invitation.person.roles))}")
    _say(f"Joining code: {invitation.code}")
    _say(f"To be entered at {address}/staff/join")
    _say(
        f"It works once, until {invitation.ends_at:%d %B %Y %H:%M} UTC, and is not shown again. "
        "Hand it over yourself."
    )


def _state(person: Person) -> str:
    if person.disabled_at:
        return "closed"
    return "can sign in" if person.joined_at else "has not joined"


def _say(text: str) -> None:
    output.print(text, markup=False, highlight=False)
