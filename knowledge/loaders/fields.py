"""Reads JSON whose shape nobody promises: a field of another type than expected is empty."""

from typing import Any


def word(value: Any, name: str) -> str:
    """Return a field's text without the white space around it, or ""."""
    found = value.get(name) if isinstance(value, dict) else None
    return found.strip() if isinstance(found, str) else ""


def listed(value: Any, name: str) -> list[Any]:
    """Return a field's list, or []."""
    found = value.get(name) if isinstance(value, dict) else None
    return found if isinstance(found, list) else []


def mapping(value: Any, name: str) -> dict[str, Any]:
    """Return a field's object, or {}."""
    found = value.get(name) if isinstance(value, dict) else None
    return found if isinstance(found, dict) else {}


def words(value: Any, name: str) -> list[str]:
    """Return the texts in a field's list."""
    return [found.strip() for found in listed(value, name) if isinstance(found, str)]
