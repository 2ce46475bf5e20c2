"""A year with few facts, for the tests of its result: twelve months scored, evaluations with ties at the bands' edges.

Points: every month D06b takes 5 from its seven units; three experiences, arrears that still hold in December for one
unit and ended for another.
"""

from __future__ import annotations

import contextlib
import io
import shutil
from fractions import Fraction
from pathlib import Path

import pytest

import cli
from engine.dsl.model import Ruleset

MONTHS = tuple(f"2023-{month:02d}" for month in range(1, 13))
OWING, SETTLED, COUNTY, FINE = "市财政局", "市人社局", "沁源县", "84.1255"


def evaluations(ruleset: Ruleset) -> dict[str, str]:
    """The list's order, the first the best, but for groups that tie: over the 10th, the 20th, the last 10, and each edge of the counties."""
    found = {}
    for category, groups in (("部门", ((7, 15), (17, 27), (40, 55))), ("县区", ((1, 4), (4, 7), (9, 13)))):
        units = [name for name, unit in ruleset.units.items() if unit.category == category]
        for place, unit in enumerate(units):
            same = next((first for first, last in groups if first <= place < last), place)
            found[unit] = f"{95 - same}"
    return {**found, OWING: FINE}


def expected(ruleset: Ruleset, points: dict[str, Fraction], told: dict[str, str]) -> dict[str, tuple[str, int, str]]:
    """Score, rank and grade by rank, worked out from the text for every unit."""
    found = {}
    for category in ruleset.categories:
        units = [name for name, unit in ruleset.units.items() if unit.category == category]
        scores = {}
        for unit in units:
            exact = (points[unit] * 9 + Fraction(told.get(unit, "0"))) / 10 * 100
            scores[unit] = int(abs(exact) + Fraction(1, 2)) * (1 if exact >= 0 else -1)
        for unit in units:
            rank = 1 + sum(other > scores[unit] for other in scores.values())
            if category == "部门":
                grade = "优秀" if rank <= 10 else "良好" if rank <= 20 else "不合格" if rank > len(units) - 10 else "合格"
            else:
                grade = "优秀" if rank <= 3 else "良好" if rank <= 6 else "合格" if rank <= 11 else "不合格"
            sign = "-" if scores[unit] < 0 else ""
            found[unit] = (f"{sign}{abs(scores[unit]) // 100}.{abs(scores[unit]) % 100:02d}", rank, grade)
    return found


def year_points(ruleset: Ruleset) -> dict[str, Fraction]:
    """The points of the year as these facts give them."""
    silent = next(rule for rule in ruleset.rules if rule.id == "D06b").units
    points = {unit: Fraction(-60 if unit in silent else 0) for unit in ruleset.units}
    points["市审计局"] += 50
    points[COUNTY] += 50
    points[SETTLED] += 50
    points[OWING] -= 20  # November and December
    points[SETTLED] -= 20  # October and November
    return points


def quietly(*args: object) -> str:
    """A command that must end well; gives its standard output."""
    with (
        pytest.MonkeyPatch.context() as patch,
        contextlib.redirect_stdout(io.StringIO()) as out,
        contextlib.redirect_stderr(io.StringIO()) as said,
    ):
        patch.setattr("sys.argv", ["jifen", *map(str, args)])
        try:
            cli.main()
        except SystemExit as left:
            assert not left.code, said.getvalue()
    return out.getvalue()


def write(folder: Path, kind: str, header: str, *rows: str) -> None:
    (folder / f"{kind}.csv").write_text("\n".join((header, *rows)) + "\n", encoding="utf-8")


def scored_year(folder: Path, ruleset: Ruleset) -> Path:
    """A workspace with the year scored, every month still open."""
    inbox = folder / "in"
    inbox.mkdir(parents=True)
    write(inbox, "典型经验", "单位,月份,名称", "市审计局,2023-05,联审", f"{COUNTY},2023-06,联办", f"{SETTLED},2023-07,联查")
    write(inbox, "拖欠账款", "单位,主体,起始月份,终止月份", f"{OWING},某工程公司,2023-11,", f"{SETTLED},某服务公司,2023-10,2023-12")
    write(inbox, "年终综合测评", "单位,年度,得分", *(f"{unit},2023,{value}" for unit, value in evaluations(ruleset).items()))
    workspace = folder / "workspace"
    quietly("init", workspace)
    quietly("-w", workspace, "import", inbox)
    for month in MONTHS:
        quietly("-w", workspace, "run", month, "--no-notices")
    return workspace


def close_year(workspace: Path) -> None:
    """Closes every month without drawing its pages, which nothing here looks at."""
    from engine.ledger.closing import close
    from engine.workspace import Workspace
    from models.database import writing

    opened = Workspace.open(workspace)
    with writing(opened.database) as connection:
        for month in MONTHS:
            close(connection, opened.ruleset, month, number="", issued="2024-01-05", operator="李四", at="2024-01-05T00:00:00Z")


def copied(workspace: Path, folder: Path) -> Path:
    return Path(shutil.copytree(workspace, folder / "workspace"))
