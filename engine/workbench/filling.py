"""What a fact that is written by hand may leave out, because it is clear from what it is written for."""

from __future__ import annotations

from engine.dsl.model import Kind


def filled(kind: Kind, unit: str, month: str | None) -> dict[str, str]:
    """A unit and a month under the names that the kind has for them; what may be empty stays empty."""
    told = {kind.unit_field: unit, kind.month_field: month, kind.start_field: month}
    return {name: text for name, text in told.items() if name is not None and text and not kind.fields[name].optional}
