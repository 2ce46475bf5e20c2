"""Files are replaced whole: whoever reads one sees the old or the new, and a writer that fails leaves the old."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def replaced(target: Path) -> Iterator[Path]:
    """A fresh file beside `target` to write to; it takes the target's place once it is whole. Raises OSError."""
    fresh = target.with_name(f".{target.name}.new")
    try:
        yield fresh
        os.replace(fresh, target)
    finally:
        fresh.unlink(missing_ok=True)
