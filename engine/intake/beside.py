"""What an import writes beside the faulty files: an annotated copy of each, and the rows that were left out of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from engine.dsl.model import Ruleset
from engine.intake.annotated import errors_name, write_annotated
from engine.intake.faults import Fault
from engine.intake.reading import Position, Reading
from engine.intake.remainder import rest_name, write_rest


def write_beside(
    ruleset: Ruleset,
    reading: Reading,
    faults: Sequence[Fault],
    warnings: Sequence[Fault],
    left_out: frozenset[Position],
    *,
    rest: bool,
) -> Iterator[tuple[Path, int]]:
    """The files written, each with the rows that it holds to be corrected (0 for an annotated copy)."""
    paths = [Path(name) for name, _ in reading.files]
    shared = Counter(errors_name(path) for path in paths)
    for path in paths:
        name = path.as_posix()
        own = [fault for fault in faults if fault.file == name]
        disputed = {(sheet, row) for file, sheet, row in left_out if file == name}
        if not own and not disputed:
            continue
        # Two files of one stem would write over each other's copies.
        named = path if shared[errors_name(path)] == 1 else path.with_name(f"{path.name}.xlsx")
        target = write_annotated(path, errors_name(named), own, [one for one in warnings if one.file == name])
        if target is not None:
            yield target, 0
        wanted = _wanted(own, disputed)
        if rest and wanted:
            rows = write_rest(path, rest_name(named), ruleset, wanted, own)
            if rows:
                yield rest_name(named), rows


def _wanted(faults: Sequence[Fault], disputed: set[tuple[str | None, int]]) -> dict[str | None, frozenset[int] | None]:
    """The rows of each sheet that were not taken; None for every row of it."""
    rows: dict[str | None, set[int] | None] = {}
    for sheet, row in [*disputed, *((one.sheet, one.row) for one in faults if not one.spoils_sheet)]:
        rows.setdefault(sheet, set()).add(row)
    for fault in faults:
        if fault.spoils_sheet:
            rows[fault.sheet] = None
    return {sheet: None if some is None else frozenset(some) for sheet, some in rows.items()}
