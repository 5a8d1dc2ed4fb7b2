"""Replies that advisers often need, in both languages, checked when the policy loads."""

import re
from typing import Annotated, Self

from pydantic import Field, model_validator

from assistant.policy.model import Strict, Text

BLANKS = frozenset({"{first_name}", "{number}"})
_BRACES = re.compile(r"\{[^}]*\}?|\}")


class CannedReply(Strict):
    """One reply. `title` is what advisers choose it by."""

    title: Text
    en: Text
    cy: Text

    @model_validator(mode="after")
    def _blanks(self) -> Self:
        found = {language: set(_BRACES.findall(getattr(self, language))) for language in _LANGUAGES}
        if wrong := sorted(set().union(*found.values()) - BLANKS):
            known = ", ".join(sorted(BLANKS))
            raise ValueError(f'"{wrong[0]}" cannot be filled in; write one of: {known}')
        if found["en"] != found["cy"]:
            raise ValueError(f'"{self.title}": English and Welsh must hold the same blanks')
        return self

    def said(self, language: str, first_name: str, number: int) -> str:
        """Return the reply with its blanks filled in; "cy" is Welsh, anything else English."""
        text = self.cy if language == "cy" else self.en
        return text.replace("{number}", str(number)).replace("{first_name}", first_name)


_LANGUAGES = ("en", "cy")


class CannedReplies(Strict):
    """The file `canned_replies.toml`. Blank `reviewed_by`: nobody vouched for the Welsh."""

    reviewed_by: str
    reply: dict[Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")], CannedReply]
