"""What tests of reviewed knowledge ask of a contact centre."""

from datetime import date, timedelta

from assistant.escalations.people import StaffMember
from assistant.reviewed_knowledge.page import Approval, Knowledge
from assistant.reviewed_knowledge.reviewing import ReviewedKnowledge
from tests.assisting import World
from tests.casework import BOB, QUESTION, Centre

TOM = StaffMember("staff-tom", "Tom")
ASKED = "Can I renew a passport at a post office?"
SAID = "Yes. Some post offices check the form and send it on."
SOURCE = "https://www.gov.uk/renew-adult-passport"
LAST_DAY = date(2026, 9, 1)
APPROVAL = Approval(ASKED, SAID, SOURCE, "Renew your passport", LAST_DAY)


def reviewed_of(world: World) -> ReviewedKnowledge:
    """Return the reviewed knowledge of a world."""
    return ReviewedKnowledge(
        world.database,
        world.keys,
        world.log,
        world.operations,
        world.assistant.mask,
        world.clock,
    )


def a_reply(centre: Centre, text: str = SAID) -> tuple[str, str]:
    """Return the identifiers of a case and of a reply of Ann's in it."""
    from tests.casework import ANN

    case = centre.claimed(QUESTION)
    return case.id, centre.cases.reply(case.id, case.version, ANN, text, "k").id


def a_candidate(centre: Centre, by: StaffMember = BOB) -> Knowledge:
    """Return a candidate that Bob proposes from a reply of Ann's."""
    case, message = a_reply(centre)
    return reviewed_of(centre.world).propose(case, message, by, ASKED, SAID)


def a_page(centre: Centre, days: int = 100) -> Knowledge:
    """Return a page that Tom approved, in use for so many days."""
    candidate = a_candidate(centre)
    last = centre.world.clock.now.date() + timedelta(days=days)
    approval = Approval(ASKED, SAID, SOURCE, "Renew your passport", last)
    return reviewed_of(centre.world).approve(candidate.name, 1, TOM, approval)
