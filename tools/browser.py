"""Find the Chromium that the tests of the built pages drive; as a command, also try to install one.

Nothing here imports Playwright before it is needed: ``python tools/browser.py`` must be able to say what is
missing.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

# The headless shell comes first: it opens a page in half the time of a whole browser.
ON_PATH = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
IN_FOLDERS = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    r"%ProgramFiles%\Google\Chrome\Application\chrome.exe",
    r"%ProgramFiles(x86)%\Google\Chrome\Application\chrome.exe",
    r"%LocalAppData%\Google\Chrome\Application\chrome.exe",
)
PLAYWRIGHTS_OWN = (
    "from playwright.sync_api import sync_playwright\n"
    "with sync_playwright() as playwright: print(playwright.chromium.executable_path)"
)
MISSING = (
    "no Chromium or Chrome was found: install one, name one in the environment variable CHROMIUM, "
    "or run: python -m playwright install chromium"
)


@cache
def find_chromium() -> str | None:
    """Return the path of a Chromium or Chrome, or None.

    Looked at in this order: the environment variable ``CHROMIUM``, the search path, the folders of macOS and Windows,
    and the browser that Playwright keeps for itself.

    Raises
    ------
    FileNotFoundError
        If ``CHROMIUM`` names what is not there: whoever set it meant that browser and no other.
    """
    if named := os.environ.get("CHROMIUM"):
        if found := shutil.which(named):
            return found
        raise FileNotFoundError(f"the environment variable CHROMIUM names {named!r}, which is not a program")
    on_path = (shutil.which(name) for name in ON_PATH)
    in_folders = (os.path.expandvars(path) for path in IN_FOLDERS)
    found = next(filter(None, on_path), None) or next(filter(os.path.isfile, in_folders), None)
    return found or playwrights_own()


def playwrights_own() -> str | None:
    """Return the path of the Chromium that Playwright has installed, or None.

    Asked in a process of its own, because Playwright refuses to start inside a running event loop.
    """
    asked = subprocess.run([sys.executable, "-c", PLAYWRIGHTS_OWN], capture_output=True, text=True, check=False)
    path = asked.stdout.strip()
    return path if path and Path(path).is_file() else None


def main() -> None:
    """Say which browser the tests will drive; without one, try to install Playwright's, and say what follows if not."""
    if find_chromium() is None:
        print("No Chromium found; asking Playwright for its own ...", flush=True)
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)
        find_chromium.cache_clear()
    found = find_chromium()
    consequence = "they fail" if os.environ.get("CI") == "true" else "they are skipped"
    print(f"Browser for the tests: {found}" if found else f"Browser tests cannot run, so {consequence}: {MISSING}")


if __name__ == "__main__":
    try:
        main()
    except FileNotFoundError as error:
        sys.exit(str(error))
