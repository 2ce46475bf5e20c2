"""Ctrl-C and a request to end: they end a command between two steps, never inside one that would swallow them."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_ENDING = (signal.SIGINT, signal.SIGTERM)
_held = False
_came: int | None = None  # the signal that came while held back


class Interrupted(BaseException):
    """A signal asked the command to end. No Exception, so that nobody takes it for a fault that can be worked around."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.exit_code = 128 + number  # as shells count it


@contextmanager
def interruptible() -> Iterator[None]:
    """Within it, signals that ask to end raise Interrupted; those that whoever started us has shut off stay shut off."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.getsignal(number) for number in _ENDING}
    for number, handler in before.items():
        if handler is not signal.SIG_IGN:
            signal.signal(number, _end)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def uninterrupted() -> Iterator[None]:
    """For code of others that would swallow the interruption: what comes meanwhile is raised at the end."""
    global _held, _came
    _held = True
    try:
        yield
    finally:
        _held = False
        if _came is not None:
            number, _came = _came, None
            raise Interrupted(number)


def _end(number: int, _frame: object) -> None:
    global _came
    if _held:
        _came = number
    else:
        raise Interrupted(number)
