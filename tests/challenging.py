"""What tests of challenges ask of a contact centre."""

from dataclasses import dataclass

from assistant.challenges.challenge import Challenge, Decision
from assistant.challenges.challenges import Challenges
from assistant.challenges.states import Ruling
from assistant.text import RawText
from assistant.views import ConversationView, TurnView
from tests.assisting import World
from tests.casework import QUESTION, Centre

WHY = "That form was stopped last year."
UPHELD = Decision(Ruling.UPHELD, "The form was stopped.", "You renew a passport online.")
PARTLY = Decision(Ruling.PARTLY, "The post is slower now.", "Allow ten weeks.")
NOT_UPHELD = Decision(Ruling.NOT_UPHELD, "The form is still in use.")


def challenges_of(world: World) -> Challenges:
    """Return the challenges of a world."""
    redact = world.assistant.mask
    staffed = world.assistant.staffed
    return Challenges(world.database, world.keys, world.log, redact, world.cases, staffed)


@dataclass(frozen=True)
class Challenged:
    """A conversation with one answer, which is challenged."""

    conversation: ConversationView
    turn: TurnView
    challenge: Challenge


def a_challenge(centre: Centre, why: str = WHY, question: str = QUESTION) -> Challenged:
    """Ask, then challenge the answer."""
    conversation = centre.world.assistant.start()
    turn = centre.world.ask(conversation, question)
    challenge = challenges_of(centre.world).make(conversation.id, turn.id, RawText(why))
    return Challenged(conversation, turn, challenge)
