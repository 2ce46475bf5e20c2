"""`rules show` and `rules catalogue`: the scheme read by people, on the terminal and as a page."""

from __future__ import annotations

import os
from dataclasses import fields, is_dataclass
from pathlib import Path

from engine.commands.talk import progress, say, say_json, undone, warn
from engine.dsl.model import Ruleset
from engine.errors import InputError, RulesetFaulty
from engine.ledger.by_rule import LastMonth, last_month
from engine.notices.wording import address
from engine.scoring.points import decimal
from engine.workbench.catalogue.catalogue import Catalogue
from engine.workbench.testing.rule_tests import read_cases
from engine.workspace import Workspace

PAGE = "规则目录.html"
_POINTS = ("raw", "given")  # the fields that are hundredths


@undone("没有生成规则目录")
def write_catalogue(folder: Path, file: Path | None, as_json: bool) -> None:
    from engine.files import replaced
    from engine.notices.render import page_bytes

    workspace = Workspace.open(folder)
    if as_json and file is None:
        with progress("整理规则目录"):
            page = catalogue_of(workspace, workspace.folder).page()
        say_json(plain_values(page))
        return
    target = file or workspace.folder / PAGE
    with progress("生成规则目录"), replaced(target) as fresh:
        fresh.touch()  # what cannot be written is told before the work
        page = catalogue_of(workspace, target.parent).page()
        fresh.write_bytes(page_bytes(workspace.templates, "catalogue.html.j2", page))
    if as_json:
        say_json(plain_values(page))
    else:
        say(f"规则目录：{target}")


def catalogue_of(workspace: Workspace, beside: Path) -> Catalogue:
    """The workspace's scheme with its tests and its last posted month; links lead from the folder `beside`."""
    ruleset = workspace.ruleset
    try:
        cases, untested = read_cases(workspace.ruleset_folder, ruleset), ""
    except RulesetFaulty as faulty:
        cases, untested = [], f"规则测试有{len(faulty.findings)}处读不懂，这里没有测试和算例。"
    if not cases and not untested:
        untested = "规则集没有规则测试。"
    tests = workspace.ruleset_folder.relative_to(workspace.folder).as_posix()

    def href(path: str) -> str:
        there = workspace.folder / path
        return address(Path(os.path.relpath(there, beside)).as_posix()) if there.exists() else ""

    return Catalogue(ruleset, cases, _last(workspace, ruleset), tests, href, untested)


def _last(workspace: Workspace, ruleset: Ruleset) -> LastMonth | None:
    """None too where there is no database, or a warning why it cannot be read: the scheme can be read without."""
    from models.database import reading
    from models.sqlite import SqliteFile

    database = workspace.database
    if isinstance(database, SqliteFile) and not database.path.exists():
        return None
    try:
        with reading(database) as connection:
            return last_month(connection, ruleset)
    except InputError as error:
        warn(f"提醒：看不到上月的分录：{error.what}")
        return None


def plain_values(value: object) -> object:
    """Values of a page as JSON has them: points as texts with two decimals."""
    if is_dataclass(value):
        own = {each.name: getattr(value, each.name) for each in fields(value)}
        return {name: decimal(one) if name in _POINTS else plain_values(one) for name, one in own.items()}
    if isinstance(value, tuple | list):
        return [plain_values(one) for one in value]
    return value
