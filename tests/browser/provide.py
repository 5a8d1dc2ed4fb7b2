"""Make sure that a Chromium is at hand before the tests: `python -m tests.browser.provide`.

Nothing is installed where one is found. Otherwise Debian's package is installed (as root, on a
system with apt-get), or else the browser that Playwright downloads. Ends with a clear message
where neither can be had.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")


def at_hand() -> str:
    """Return the path of a Chromium, or ""."""
    named = os.environ.get("SIGNPOST_CHROMIUM", "")
    if named:
        return named if Path(named).exists() else ""
    found = next((path for name in NAMES if (path := shutil.which(name))), "")
    if found:
        return found
    with sync_playwright() as playwright:
        own = playwright.chromium.executable_path
    return own if Path(own).exists() else ""


def provide() -> str:
    """Return the path of a Chromium, installing one if need be, or "" where none can be had."""
    if at_hand() or os.environ.get("SIGNPOST_CHROMIUM"):
        return at_hand()
    if os.geteuid() == 0 and shutil.which("apt-get"):
        quietly = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for command in (["apt-get", "-qq", "update"], ["apt-get", "-qqy", "install", "chromium"]):
            subprocess.run(command, check=False, env=quietly, stdout=subprocess.DEVNULL)
        if at_hand():
            return at_hand()
    subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)
    return at_hand()


if __name__ == "__main__":
    if not provide():
        sys.exit(
            "No browser for the tests. Install Chromium (on Debian or Ubuntu: apt-get install "
            "chromium), or set SIGNPOST_CHROMIUM to the path of one."
        )
