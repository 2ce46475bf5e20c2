"""Who sits at the machine, where nobody said who acts."""

from __future__ import annotations

import getpass
import os


def machine_user() -> str | None:
    """The name of the machine's user; None in a container that runs under a number that nobody has."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return None


def machine_user_or_number() -> str:
    return machine_user() or f"用户 {os.getuid()}"
