"""Opening hours: see them, and close or open single days."""

from datetime import date, datetime, timedelta
from typing import Annotated

import typer
from rich.table import Column, Table

from api.bootstrap import Home, now
from api.commands.running import fail, opened_home, output
from assistant.callbacks import booked_on
from assistant.errors import HoursRefused
from assistant.policy.levels import DAY, minute_of
from assistant.service_levels.calendars import ChangeKind
from assistant.service_levels.closures import RecordedChange
from assistant.service_levels.queues import Queue

hours = typer.Typer(help="Show opening hours; close or open single days.", no_args_is_help=True)

Named = Annotated[str, typer.Argument(help="Name of the opening hours in the policy.")]
Day = Annotated[str, typer.Argument(help="The day: 2026-12-24.")]
By = Annotated[str, typer.Option("--by", help="Who decides: goes into the audit log.")]
Reason = Annotated[str, typer.Option("--reason", help="Why: goes into the audit log.")]


@hours.command("show")
def show(
    days: Annotated[int, typer.Option("--days", min=1, max=366, help="How many days.")] = 14,
) -> None:
    """Show when each queue is open, and what was changed."""
    with opened_home() as home:
        queues = home.contact_centre.closures.queues()
        titles: dict[str, list[str]] = {}
        for queue in queues.values():
            titles.setdefault(queue.rules.hours, []).append(queue.rules.title)
        heads = (f"{name}: {', '.join(served)}" for name, served in titles.items())
        table = Table(Column("day", no_wrap=True), *heads)
        shown = tuple({queue.rules.hours: queue for queue in queues.values()}.values())
        today = next(iter(queues.values())).calendar.local(now()).date()
        for day in (today + timedelta(days=ahead) for ahead in range(days)):
            table.add_row(f"{day:%a %d %b %Y}", *(_day(queue, day) for queue in shown))
        output.print(table, markup=False)
        for made in home.contact_centre.closures.all():
            output.print(_told(made), markup=False, highlight=False)


@hours.command("close")
def close(
    name: Named,
    day: Day,
    by: By,
    reason: Reason,
    begins: Annotated[str, typer.Option("--from", help="From when: 12:00.")] = "0:00",
    until: Annotated[str, typer.Option("--until", help="Until when: 17:00.")] = "24:00",
) -> None:
    """Close these hours on a day, or for part of it."""
    with opened_home() as home:
        opens, closes = _minute(begins), _minute(until)
        made = home.contact_centre.closures.close(name, _date(day), reason, by, opens, closes)
        output.print(_told(made), markup=False, highlight=False)
        if calls := _booked(home, made):
            output.print(f"Call-backs booked then: {calls}. Ring these people, or open again.")


@hours.command("open")
def open_(
    name: Named,
    day: Day,
    by: By,
    reason: Reason,
    begins: Annotated[str, typer.Option("--from", help="From when: 9:00.")],
    until: Annotated[str, typer.Option("--until", help="Until when: 17:00.")],
) -> None:
    """Open on a day on which it would be closed."""
    with opened_home() as home:
        opens, closes = _minute(begins), _minute(until)
        made = home.contact_centre.closures.open(name, _date(day), reason, by, opens, closes)
        output.print(_told(made), markup=False, highlight=False)


@hours.command("undo")
def undo(
    number: Annotated[int, typer.Argument(help="The change, by its number.")],
    by: By,
    reason: Reason,
) -> None:
    """Take a change back."""
    with opened_home() as home:
        output.print(
            _told(home.contact_centre.closures.undo(number, reason, by)),
            markup=False,
            highlight=False,
        )


def _day(queue: Queue, day: date) -> str:
    times = ", ".join(f"{_time(a)}-{_time(b)}" for a, b in queue.calendar.intervals(day))
    why = queue.calendar.why_closed(day)
    return times or (f"closed ({why})" if why else "closed")


def _told(made: RecordedChange) -> str:
    change = made.change
    word = "closed" if change.kind is ChangeKind.CLOSED else "open"
    times = f"{_time(change.opens)}-{_time(change.closes)}"
    undone = ", taken back" if made.undone else ""
    return (
        f"{made.number}: {made.hours} {word} on {change.day:%A} {change.day} {times}: "
        f"{change.reason} (by {made.by}{undone})"
    )


def _booked(home: Home, made: RecordedChange) -> int:
    """Return how many calls are booked while the change keeps closed."""
    with home.database.read() as connection:
        return sum(
            booked_on(connection, queue.name, *_moments(queue, made))
            for queue in home.contact_centre.closures.queues().values()
            if queue.calendar.name == made.hours
        )


def _moments(queue: Queue, made: RecordedChange) -> tuple[datetime, datetime]:
    midnight = datetime(made.change.day.year, made.change.day.month, made.change.day.day)
    first, last = (
        (midnight + timedelta(minutes=minute)).replace(tzinfo=queue.calendar.zone)
        for minute in (made.change.opens, made.change.closes)
    )
    return first, last


def _time(minute: int) -> str:
    return f"{minute // 60}:{minute % 60:02}" if minute < DAY else "24:00"


def _minute(text: str) -> int:
    try:
        return minute_of(text)
    except ValueError as error:
        fail(str(error))


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise HoursRefused(f'"{text}" is no day: write it as 2026-12-24.') from None
