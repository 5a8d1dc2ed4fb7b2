"""Challenges to answers, and reviewed knowledge, from the machine itself."""

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from api.bootstrap import Home
from api.commands.running import fail, opened_home, output
from api.staff.console import open_accounts
from api.staff.permissions import Permission
from assistant.challenges.challenge import Challenge, Decision
from assistant.challenges.states import ChallengeStatus, Ruling
from assistant.escalations.people import StaffMember
from assistant.reviewed_knowledge.exporting import write_pages
from assistant.reviewed_knowledge.page import QuotedAnswer
from assistant.reviewed_knowledge.states import KnowledgeStatus

challenges = typer.Typer(help="See and decide challenges to answers.", no_args_is_help=True)
knowledge = typer.Typer(
    help="Answers that two people reviewed: list, export, withdraw.", no_args_is_help=True
)

Reason = Annotated[str, typer.Option("--reason", help="Why: goes into the audit log.")]


@challenges.command("list")
def list_challenges(
    status: Annotated[
        ChallengeStatus | None, typer.Option("--status", help="Only those that stand there.")
    ] = None,
) -> None:
    """Show challenges, those that wait first. No text is shown."""
    with opened_home() as home:
        found = home.contact_centre.challenges.all(status)
        figures = home.contact_centre.challenges.figures()
        table = Table("reference", "version", "made", "status", "ruling", "decided by")
        for each in found:
            table.add_row(*_row(each))
        output.print(table, markup=False)
        output.print(f"{figures.made} made, {figures.waiting} waiting.")


@challenges.command("decide")
def decide(
    reference: Annotated[str, typer.Argument(help="The challenge, such as CH-1042.")],
    ruling: Annotated[Ruling, typer.Option("--ruling", help="How it is decided.")],
    reasons: Annotated[str, typer.Option("--reasons", help="Why: the citizen reads it.")],
    by: Annotated[str, typer.Option("--by", help="E-mail address of the account that decides.")],
    version: Annotated[int, typer.Option("--version", help="As `list` shows it.")] = 1,
    corrected: Annotated[
        str, typer.Option("--corrected", help="The right answer, where the answer was wrong.")
    ] = "",
) -> None:
    """Decide a challenge, as somebody with an account who may, and did not handle it."""
    with opened_home() as home:
        decision = Decision(ruling, reasons, corrected)
        who = _decider(home, by)
        made = home.contact_centre.challenges.decide(reference, version, who, decision)
        output.print(f"{made.reference} is decided: {made.ruling}.", markup=False)


@knowledge.command("list")
def list_knowledge(
    status: Annotated[
        KnowledgeStatus | None, typer.Option("--status", help="Only those that stand there.")
    ] = None,
) -> None:
    """Show candidates and pages, the oldest first."""
    with opened_home() as home:
        found = home.reviewed_knowledge.all(*([status] if status else []))
        table = Table("page", "status", "question", "proposed by", "decided by", "last day")
        for each in found:
            last = each.expires_on.isoformat() if each.expires_on else ""
            table.add_row(
                each.name, each.status, each.question, each.proposed_name, each.decided_name, last
            )
        output.print(table, markup=False)


@knowledge.command("export")
def export(
    folder: Annotated[Path, typer.Argument(help="Where to write pages and questions.")],
) -> None:
    """Take expired pages out of use, then write the others for `signpost ingest`."""
    with opened_home() as home:
        for ended in home.reviewed_knowledge.expire_overdue():
            output.print(f"{ended.name} has expired, and is withdrawn.", markup=False)
        pages = home.reviewed_knowledge.in_use()
        publisher = home.settings.organisation or home.settings.service_name
        write_pages(folder, pages, publisher)
        output.print(f"{len(pages)} pages are in {folder / 'pages'}: ingest it with the guidance.")
        output.print(f"Ask them with: signpost ask --batch {folder / 'questions.jsonl'} --out FILE")


@knowledge.command("withdraw")
def withdraw(
    name: Annotated[str, typer.Argument(help="The page, such as reviewed-1042.")],
    by: Annotated[str, typer.Option("--by", help="Who decides: goes into the audit log.")],
    reason: Reason,
) -> None:
    """Stop quoting a reviewed page at once, and list the answers that quoted it."""
    with opened_home() as home:
        quoted = home.reviewed_knowledge.withdraw(name, by, reason)
        output.print(f"{name} is withdrawn. {len(quoted)} answers quoted it.", markup=False)
        for each in quoted:
            output.print(_told(each), markup=False, highlight=False)


def _decider(home: Home, email: str) -> StaffMember:
    person = open_accounts(home.staff).named(email)
    if not person.active or not person.may(Permission.DECIDE_CHALLENGES):
        fail(f"{person.email} may not decide challenges: a supervisor who has joined may.")
    return StaffMember(person.id, person.first_name, supervisor=True)


def _row(each: Challenge) -> tuple[str, ...]:
    made = f"{each.made_at:%Y-%m-%d %H:%M}"
    ruling = each.ruling.value if each.ruling else ""
    return each.reference, str(each.version), made, each.status, ruling, each.decided_name


def _told(each: QuotedAnswer) -> str:
    gone = ", deleted by its citizen" if each.erased else ""
    when = f"{each.at:%Y-%m-%d %H:%M}"
    return f"  {when} conversation {each.conversation_id} record {each.record}{gone}"
