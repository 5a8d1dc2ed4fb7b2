"""The person at a console page, as those who make moves are known to the rules."""

from api.staff.access import StaffVisit
from api.staff.permissions import Permission
from assistant.escalations.people import StaffMember


def member(visit: StaffVisit) -> StaffMember:
    """Return who makes a move from this page."""
    person = visit.person
    return StaffMember(person.id, person.first_name, person.may(Permission.SUPERVISE))
