"""Somebody who works here, as a plain value."""

from dataclasses import dataclass
from functools import cached_property

from api.staff.permissions import Permission, Role, permissions_of


@dataclass(frozen=True)
class Person:
    """A member of staff. Times are UTC text, "" where it has not happened.

    `first_name` is what citizens see, `id` what the audit log says. `teams` are the queues
    somebody works in, `languages` what they speak, as BCP 47 tags.
    """

    id: str
    email: str
    name: str
    first_name: str
    roles: frozenset[Role]
    teams: tuple[str, ...] = ()
    languages: tuple[str, ...] = ("en",)
    added_at: str = ""
    joined_at: str = ""
    disabled_at: str = ""

    @cached_property
    def permissions(self) -> frozenset[Permission]:
        """Everything that this person may do."""
        return permissions_of(self.roles)

    @property
    def active(self) -> bool:
        """Whether this person can sign in: has joined, and is not disabled."""
        return bool(self.joined_at) and not self.disabled_at

    def may(self, permission: Permission) -> bool:
        """Return whether a role of this person grants it."""
        return permission in self.permissions
