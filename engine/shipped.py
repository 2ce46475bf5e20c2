"""Where the folders lie that come with the program: beside the code in a checkout, under share/jifen once installed."""

from __future__ import annotations

import sys
from pathlib import Path

_HOMES = (Path(__file__).resolve().parent.parent, Path(sys.prefix) / "share" / "jifen")


def shipped_folder(name: str) -> Path:
    """The shipped `rulesets` or `templates`."""
    return next(home / name for home in _HOMES if (home / name).is_dir())
