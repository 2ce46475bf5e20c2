"""The one place that asks what time it is, and that says which day a moment of the ledger falls on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

_CHINA = timezone(timedelta(hours=8))  # China has one time, without daylight saving, whatever the machine is set to


def moment() -> str:
    """Now, as the ledger keeps times: UTC to the second."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def day_of(at: str) -> str:
    """The date, YYYY-MM-DD, on which a moment of the ledger fell for those who did it.

    >>> day_of("2023-05-07T16:30:00Z")
    '2023-05-08'
    """
    return datetime.fromisoformat(at).astimezone(_CHINA).date().isoformat()
