"""The one place that asks what time it is."""

from __future__ import annotations

from datetime import UTC, datetime


def moment() -> str:
    """Now, as the ledger keeps times: UTC to the second."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
