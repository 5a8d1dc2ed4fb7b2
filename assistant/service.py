"""The assistant as the ways in use it. Every method is synchronous and safe to call from threads."""

from collections.abc import Callable
from typing import Protocol

from assistant.text import RawText
from assistant.views import ConversationView, TurnView


class Conversations(Protocol):
    """What a citizen can do. Errors are those of `assistant.errors`."""

    def start(self, language: str = "en") -> ConversationView: ...

    def ask(
        self,
        conversation_id: str,
        question: RawText,
        key: str,
        watch: Callable[[str], None] = lambda stage: None,
    ) -> TurnView:
        """Answer, record, then return. The same key and question give the same turn again."""
        ...

    def turn(self, conversation_id: str, turn_id: str) -> TurnView: ...

    def read(self, conversation_id: str) -> ConversationView: ...

    def receipt(self, conversation_id: str, turn_id: str) -> str:
        """Return the receipt file's text."""
        ...

    def feedback(
        self, conversation_id: str, turn_id: str, useful: bool, comment: RawText
    ) -> TurnView: ...

    def ask_for_person(self, conversation_id: str) -> ConversationView:
        """Record the wish; never refused, never limited. Repeating it changes nothing."""
        ...

    def erase(self, conversation_id: str) -> None:
        """Destroy the conversation's key, ciphertext and salts; idempotent."""
        ...
