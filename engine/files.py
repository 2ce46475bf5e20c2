"""Files are replaced whole: whoever reads one sees the old or the new, and a writer that fails leaves the old."""

from __future__ import annotations

import os
import shutil
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
    except OSError as error:
        if error.filename in (None, str(fresh)):  # a write that fails names no file
            error.filename = str(target)
        raise
    finally:
        fresh.unlink(missing_ok=True)


@contextmanager
def filled(folder: Path) -> Iterator[None]:
    """A new or empty folder to fill; whoever fails leaves it as it was, so that a second try finds it empty. Raises OSError."""
    stood = folder.exists()
    folder.mkdir(parents=True, exist_ok=True)
    try:
        yield
    except BaseException:
        for path in folder.iterdir():
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        if not stood:
            folder.rmdir()
        raise
