"""What a citizen's page shows of people: where the conversation stands, and when to look again."""

from dataclasses import dataclass

from assistant.reaching import Reaching
from assistant.telling import NOTHING_TOLD, StandingTold, tell_standing
from assistant.views import ConversationView, PersonState

WAITING_SECONDS = 3
"""Between two looks of a page whose citizen waits: the place in the queue moves."""
TALKING_SECONDS = 2
"""Between two looks of a page whose conversation a person has."""


@dataclass(frozen=True, slots=True)
class PeopleSeen:
    """`told` is empty where there is nothing to say. `after` is the number of the newest news.

    `every` is how many seconds later to look again, 0 for never. `offered`: there is a contact
    centre to ask; without one only the official phone route is of use.
    """

    person: PersonState = PersonState.NOBODY
    adviser: str = ""
    told: StandingTold = NOTHING_TOLD
    after: int = -1
    every: int = 0
    offered: bool = False
    needs_stated: bool = False

    @property
    def with_person(self) -> bool:
        """Return whether a person has the conversation: the assistant is silent."""
        return self.person is PersonState.WITH_PERSON

    @property
    def shown(self) -> bool:
        """Return whether there is anything to show beside the conversation."""
        return self.person is not PersonState.NOBODY


NOBODY_SEEN = PeopleSeen()


def people_seen(reaching: Reaching | None, conversation: ConversationView) -> PeopleSeen:
    """Return what to show of people beside a conversation, in its language."""
    if reaching is None:
        return NOBODY_SEEN
    # The number comes first: what happens between the two looks is seen again, never missed.
    after, _ = reaching.news(conversation.id, -1)
    standing = reaching.standing(conversation)
    wording = reaching.policy.wording(conversation.language)
    every = {
        PersonState.WAITING: WAITING_SECONDS,
        PersonState.WITH_PERSON: TALKING_SECONDS,
    }.get(standing.person, 0)
    return PeopleSeen(
        person=standing.person,
        adviser=standing.adviser,
        told=tell_standing(standing, wording, reaching.clock(), reaching.zone),
        after=after,
        every=every,
        offered=standing.found is not None or standing.person is not PersonState.NOBODY,
        needs_stated=standing.needs_stated,
    )
