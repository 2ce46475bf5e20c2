"""A workspace: a city's folder with its settings, ruleset, templates, inbox, notices and database."""

from __future__ import annotations

import os
import shutil
import tomllib
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from engine.dsl.loader import HEAD, read_folder, ruleset_of
from engine.dsl.model import Ruleset
from engine.dsl.nearest import did_you_mean
from engine.dsl.nodes import read
from engine.errors import InputError
from engine.files import filled
from engine.machine import machine_user
from engine.shipped import shipped_folder

if TYPE_CHECKING:
    from models.database import Database

_KEYS = ("ruleset", "operator", "database")
_DATABASE_URL = "JIFEN_DATABASE_URL"
SETTINGS = "jifen.toml"
_DATABASE = "jifen.db"


@dataclass(frozen=True)
class Workspace:
    folder: Path
    ruleset_name: str
    named_operator: str | None = None
    named_database: str | None = None

    @classmethod
    def open(cls, folder: Path) -> Workspace:
        """Raises InputError where the folder is no workspace or its jifen.toml cannot be read."""
        config = folder / SETTINGS
        if not config.is_file():
            raise InputError(f"{folder} 不是工作区（没有 {SETTINGS}）", "用 `jifen init DIR` 新建，或用 -w 指明工作区")
        try:
            told = tomllib.loads(config.read_text(encoding="utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise InputError(f"{config} 不是合法的 TOML：{error}", "改正后重试") from error
        _refuse_unknown(config, told)
        name = told.get("ruleset")
        if not name or not isinstance(name, str) or not (folder / "rulesets" / name).is_dir():
            raise InputError(f"{config} 的 ruleset 没有指向 rulesets/ 下的规则集", "例如 ruleset = \"changzhi-2023\"")
        return cls(folder, name, told.get("operator"), told.get("database"))

    @property
    def operator(self) -> str:
        """Who stands with an import or a run: as jifen.toml says, else the user of the machine; raises InputError without either."""
        who = self.named_operator or machine_user()
        if not who:
            raise InputError("不知道经办人是谁：本机用户没有名字", f'在 {self.folder / SETTINGS} 写明 operator = "姓名"，或用 --by 姓名')
        return who

    @property
    def database(self) -> Database:
        """What the environment names, else jifen.toml, else the folder's own file; raises InputError for a wrong address."""
        return database_of_folder(self.folder, self.named_database)

    @property
    def ruleset_folder(self) -> Path:
        return self.folder / "rulesets" / self.ruleset_name

    @property
    def templates(self) -> Path:
        return self.folder / "templates"

    @property
    def notices(self) -> Path:
        return self.folder / "notices"

    @property
    def inbox(self) -> Path:
        return self.folder / "inbox"

    @cached_property
    def ruleset_files(self) -> dict[str, str]:
        return read_folder(self.ruleset_folder)

    @cached_property
    def ruleset(self) -> Ruleset:
        """The checked ruleset; raises RulesetFaulty with every finding."""
        return ruleset_of(self.ruleset_files)

    def of(self, month: str) -> Workspace:
        """The workspace under the ruleset of a month's year: this one, or the only one in rulesets/ whose year it is."""
        if month in self.ruleset.months:
            return self
        fitting = [name for name, year in self.years.items() if year == month[:4]]
        return replace(self, ruleset_name=fitting[0]) if len(fitting) == 1 else self

    @cached_property
    def years(self) -> dict[str, str]:
        """The year of every ruleset of the workspace, by name; of those that can be read so far."""
        found = {}
        for head in sorted((self.folder / "rulesets").glob(f"[!.]*/{HEAD}")):
            document, _ = read(HEAD, head.read_text(encoding="utf-8-sig", errors="replace"))
            year = document.data.get("year") if document else None
            if isinstance(year, str):
                found[head.parent.name] = year
        return found


def _refuse_unknown(config: Path, told: dict[str, object]) -> None:
    """What would silently be left undone is refused: keys that nothing reads."""
    for key, value in told.items():
        if key not in _KEYS:
            raise InputError(f"{config} 没有“{key}”这一项", did_you_mean(key, _KEYS))
        if not isinstance(value, str):
            raise InputError(f"{config} 的 {key} 应是文本", f'如 {key} = "文本"')


def database_of_folder(folder: Path, named: str | None = None) -> Database:
    """The database of a workspace, or of one that is to be made, where jifen.toml names this address or none."""
    from models.database import database_of

    return database_of(os.environ.get(_DATABASE_URL) or named, folder / _DATABASE)


def create(folder: Path) -> Workspace:
    """A new workspace with the shipped rulesets to edit; raises InputError where one stands already."""
    from engine.workbench.editor import put, schema_files, settings_files
    from models.database import creating

    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InputError(f"{folder} 已存在且不为空，未作改动", "换一个新文件夹，或先清空它")
    shipped = sorted(path for path in shipped_folder("rulesets").iterdir() if path.is_dir())
    with filled(folder), creating(database_of_folder(folder)):
        for name in ("templates", "inbox", "notices"):
            (folder / name).mkdir()
        for ruleset in shipped:
            shutil.copytree(ruleset, folder / "rulesets" / ruleset.name)
            put(schema_files(folder / "rulesets" / ruleset.name))
        put(settings_files(folder, [ruleset.name for ruleset in shipped]))
        # Written last: a folder is a workspace only once everything else stands.
        (folder / SETTINGS).write_text(f'ruleset = "{shipped[-1].name}"\n# operator = "姓名"\n', encoding="utf-8")
    return Workspace.open(folder)
