"""The folder of real guidance to measure with, for tests that read every file of it.

Such tests need data that is not part of this project. Point the environment variable
SIGNPOST_DATA at it to run them; without it they are skipped.
"""

import os
from pathlib import Path

import pytest

VARIABLE = "SIGNPOST_DATA"


@pytest.fixture(scope="session")
def data_dir() -> Path:
    """Return the data folder, or skip the test."""
    named = os.environ.get(VARIABLE, "")
    if not named:
        pytest.skip(f"needs --data: set {VARIABLE} to the folder of real guidance")
    folder = Path(named)
    if not folder.is_dir():
        pytest.fail(f"{VARIABLE} names {named}, which is not a folder")
    return folder
