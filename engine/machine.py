"""What the machine has: who sits at it, where nobody said who acts; its Chinese fonts; its browser."""

from __future__ import annotations

import getpass
import os
import shutil
import subprocess


def machine_user() -> str | None:
    """The name of the machine's user; None in a container that runs under a number that nobody has."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return None


def machine_user_or_number() -> str:
    return machine_user() or f"用户 {os.getuid()}"


def chinese_fonts() -> tuple[str, ...]:
    """The families that can write Chinese; none too where fontconfig cannot be asked."""
    listing = shutil.which("fc-list")
    if listing is None:
        return ()
    told = subprocess.run([listing, ":lang=zh-cn", "family"], capture_output=True, text=True).stdout
    return tuple(sorted({line.split(",")[0] for line in told.splitlines() if line.strip()}))


def browser() -> str | None:
    """The path of a Chromium."""
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
