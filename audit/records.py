"""What an append returns, and what is read back."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from audit.canonical import Json
from audit.events import Kind
from audit.leaf import Leaf, read_time


@dataclass(frozen=True, slots=True)
class Recorded:
    """Where an event now stands in the log, once the transaction commits. `at` is whole ms, UTC."""

    index: int
    record_id: str
    leaf_hash: bytes
    at: datetime


@dataclass(frozen=True, slots=True)
class Record:
    """One leaf of the log, and its number."""

    index: int
    leaf: Leaf

    @property
    def record_id(self) -> str:
        """The record's identifier."""
        return self.leaf.record_id

    @property
    def kind(self) -> Kind:
        """What was recorded."""
        return Kind(self.leaf.kind)

    @property
    def at(self) -> datetime:
        """When it was recorded."""
        return read_time(self.leaf.at)

    @property
    def facts(self) -> Mapping[str, Json]:
        """What is not personal about it."""
        return self.leaf.facts

    @property
    def has_personal(self) -> bool:
        """Whether a personal part was sealed with it (it may have been erased since)."""
        return self.leaf.commitment is not None
