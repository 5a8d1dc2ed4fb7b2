"""The folder of real guidance to measure with, for tests that read every file of it.

Such tests need data that is not part of this project. Point the environment variable
SIGNPOST_DATA at it to run them; without it they are skipped. It is taken out of the environment,
since the product refuses a SIGNPOST_… variable that is no setting of its own.
"""

import os
from pathlib import Path

import pytest

VARIABLE = "SIGNPOST_DATA"
_NAMED = os.environ.pop(VARIABLE, "")


@pytest.fixture(scope="session")
def data_dir() -> Path:
    """Return the data folder, or skip the test."""
    if not _NAMED:
        pytest.skip(f"needs --data: set {VARIABLE} to the folder of real guidance")
    folder = Path(_NAMED)
    if not folder.is_dir():
        pytest.fail(f"{VARIABLE} names {_NAMED}, which is not a folder")
    return folder
