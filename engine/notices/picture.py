"""The card as a picture, drawn by the Chromium of the machine: only when asked for, a run starts no browser."""

from __future__ import annotations

import os
import subprocess
import tempfile
from pathlib import Path

from engine.errors import InputError
from engine.files import replaced
from engine.machine import browser

_SIZE = (360, 640)
_SCALE = 3
_HINT = "执行 `apt-get install chromium`；通报卡的网页不受影响"
_QUIET = (
    "--headless --disable-gpu --hide-scrollbars --no-first-run --disable-background-networking --disable-component-update "
    "--disable-sync"
).split()
_PATIENCE = 60  # seconds


def require_picture() -> str:
    """The browser's path; raises InputError where there is none."""
    found = browser()
    if found is None:
        raise InputError("不能生成通报卡的图片：没有 Chromium", _HINT)
    return found


def write_picture(page: Path) -> Path:
    """Draws a card, 1080 by 1920, beside its page; raises InputError where the browser cannot."""
    command, target = require_picture(), page.with_suffix(".png")
    width, height = _SIZE
    with tempfile.TemporaryDirectory() as profile, replaced(target) as fresh:
        drawn = Path(profile) / "card.png"
        command = [
            command, *_QUIET, f"--user-data-dir={profile}", f"--window-size={width},{height}",
            f"--force-device-scale-factor={_SCALE}", f"--screenshot={drawn}", page.resolve().as_uri(),
        ]  # fmt: skip
        if os.geteuid() == 0:  # its sandbox refuses to run as root
            command.insert(1, "--no-sandbox")
        try:
            subprocess.run(command, capture_output=True, timeout=_PATIENCE, check=True)
            fresh.write_bytes(drawn.read_bytes())
        except (subprocess.SubprocessError, FileNotFoundError) as error:
            raise InputError(f"浏览器没有画出 {page.name}", f"检查 {command[0]} 能否运行；通报卡的网页不受影响") from error
    return target
