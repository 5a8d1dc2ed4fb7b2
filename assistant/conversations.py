"""What a citizen can do with a conversation: the port that the ways in are given."""

from typing import Protocol

from assistant.describing import Description
from assistant.escalations.needs import NO_NEEDS, SupportNeeds
from assistant.pipeline import Watcher
from assistant.ratings import RatingReason
from assistant.text import RawText
from assistant.views import ConversationView, TurnView


class Conversations(Protocol):
    """What a citizen can do, for the ways in. `Assistant` keeps these promises."""

    def start(self, language: str = "en") -> ConversationView: ...

    def ask(
        self,
        conversation_id: str,
        question: RawText,
        key: str,
        watch: Watcher = lambda stage: None,
    ) -> TurnView: ...

    def turn(self, conversation_id: str, turn_id: str) -> TurnView: ...

    def read(self, conversation_id: str) -> ConversationView: ...

    def receipt(self, conversation_id: str, turn_id: str) -> str: ...

    def feedback(
        self,
        conversation_id: str,
        turn_id: str,
        useful: bool,
        comment: RawText,
        reason: RatingReason | None = None,
    ) -> TurnView: ...

    def choose_language(self, conversation_id: str, language: str) -> ConversationView: ...

    def describe(self, conversation_id: str, description: Description) -> None: ...

    def ask_for_person(
        self, conversation_id: str, needs: SupportNeeds = NO_NEEDS
    ) -> ConversationView: ...

    def state_needs(self, conversation_id: str, needs: SupportNeeds) -> ConversationView: ...

    def erase(self, conversation_id: str) -> None: ...
