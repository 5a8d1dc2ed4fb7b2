"""The console's navigation: one list. Everybody sees what they may open."""

from dataclasses import dataclass

from api.staff.people import Person
from api.staff.permissions import Permission


@dataclass(frozen=True, slots=True)
class Place:
    """A page in the navigation. `key` is what its template sets as `here`."""

    key: str
    path: str
    text: str
    permission: Permission


PLACES = (
    Place("home", "/staff", "Home", Permission.SEE_HOME),
    Place("cases", "/staff/cases", "Cases", Permission.VIEW_CASES),
    Place("duty", "/staff/duty", "On duty", Permission.WORK_CASES),
    Place("challenges", "/staff/challenges", "Challenges", Permission.DECIDE_CHALLENGES),
    Place("knowledge", "/staff/knowledge", "Knowledge", Permission.PROPOSE_KNOWLEDGE),
    Place("people", "/staff/people", "People", Permission.MANAGE_PEOPLE),
    Place("account", "/staff/account", "My account", Permission.KEEP_OWN_ACCOUNT),
)


def places_for(person: Person) -> tuple[Place, ...]:
    """Return the places that this person may open."""
    return tuple(place for place in PLACES if person.may(place.permission))
