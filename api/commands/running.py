"""What every command shares: the home it works on, and how it ends when something is wrong."""

import contextlib
import os
from collections.abc import Iterator
from typing import NoReturn

import typer
from rich.console import Console

from api.bootstrap import Home
from api.errors import ApiError
from api.settings import load_settings
from assistant.errors import AssistantError
from audit.errors import AuditError
from evaluation.errors import EvaluationError
from knowledge.errors import KnowledgeError

OURS = (ApiError, AssistantError, AuditError, EvaluationError, KnowledgeError)

output = Console(soft_wrap=True)
errors = Console(stderr=True)


@contextlib.contextmanager
def opened_home() -> Iterator[Home]:
    """Yield the home of the settings; end with a plain message when one of our errors is raised."""
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    try:
        home = Home(load_settings())
        try:
            yield home
        finally:
            home.close()
    except OURS as error:
        fail(str(error))


def fail(message: str) -> NoReturn:
    """Print what is wrong and what to do, and end with exit status 2."""
    errors.print(message, style="red", markup=False, highlight=False, soft_wrap=True)
    raise typer.Exit(2)
