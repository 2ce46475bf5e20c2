"""A plausible year of workbooks for `init --demo`: the ruleset's sample.yaml, told by a seeded generator.

Everything that a workbook says (kinds, units, stories, names) is data of the ruleset; this room only draws from it.
The same ruleset gives the same bytes, so that the demo, its documentation and the tests show one year.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from engine.dsl.loader import load_ruleset
from engine.sample.books import write_months
from engine.sample.script import SCRIPT, read_script
from engine.sample.year import rows_of_year

__all__ = ["SCRIPT", "write_sample"]


def write_sample(
    ruleset_files: Mapping[str, str], inbox: Path, progress: Callable[[Path], None] | None = None
) -> int:
    """Writes a folder a month below `inbox` and gives the number of rows; `progress` hears of every file."""
    ruleset = load_ruleset({name: text for name, text in ruleset_files.items() if name != SCRIPT})
    script = read_script(ruleset_files[SCRIPT], ruleset)
    rows = rows_of_year(script, ruleset)
    for path in write_months(rows, script.books, ruleset, inbox):
        if progress is not None:
            progress(path)
    return len(rows)
