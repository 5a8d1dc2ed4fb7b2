"""Who makes a move: plain values. Accounts, roles and sign-in are the ways in's business."""

from dataclasses import dataclass

from assistant.errors import CaseMoveRefused

LONGEST_NAME = 60


@dataclass(frozen=True, slots=True)
class StaffMember:
    """A member of staff. `id` is what the log keeps; citizens see `first_name` and nothing else.

    A supervisor may make moves with cases that others hold. Raises CaseMoveRefused for a name or
    an identifier that is no single line of text.
    """

    id: str
    first_name: str
    supervisor: bool = False

    def __post_init__(self) -> None:
        for text in (self.id, self.first_name):
            if not text.strip() or not text.isprintable() or len(text) > LONGEST_NAME:
                raise CaseMoveRefused(
                    f"A member of staff has an identifier and a first name, each a line of at most "
                    f"{LONGEST_NAME} characters."
                )
