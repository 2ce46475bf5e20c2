"""A scheme for another year: its files with every date moved, edited at its place so that comments and layout stay."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from engine.dsl.findings import Place, with_lines
from engine.dsl.loader import CLAUSES, DERIVE, FACTS, HEAD, UNITS
from engine.dsl.model import Ruleset
from engine.dsl.nodes import Data, Document, Path, read
from engine.dsl.settings import MONTH
from engine.errors import InputError, RulesetFaulty

_STAYS = (FACTS, UNITS, CLAUSES, DERIVE)  # what has no date of the year; the dates of units are history
_DATE = re.compile(r"([0-9]{4})(-(?:0[1-9]|1[0-2]))(-[0-9]{2})?")


@dataclass(frozen=True, slots=True)
class Change:
    """A place that was edited: the line is that of the old file; `new` is empty where the old words were left out."""

    file: str
    line: int
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Named:
    """A line of the new files that still names the old year."""

    file: str
    line: int
    text: str


@dataclass
class NextYear:
    texts: dict[str, str] = field(default_factory=dict)
    changes: list[Change] = field(default_factory=list)
    left: list[Named] = field(default_factory=list)


def moved_to(files: Mapping[str, str], ruleset: Ruleset, name: str, year: int) -> NextYear:
    """The files (also tests and sample) as those of a ruleset `name` of another year.

    Raises RulesetFaulty where a file is no YAML, InputError where a setting's values do not stand in order.
    """
    found = NextYear()
    old = re.compile(rf"(?<![0-9]){ruleset.year}(?![0-9])")
    for file, text in sorted(files.items()):
        document, faults = read(file, text, (dict, list))
        if document is None:
            raise RulesetFaulty(with_lines(faults, files))
        mover = _Mover(document, text, year - ruleset.year)
        if file == HEAD:
            mover.head(name, ruleset.year, year)
        elif file not in _STAYS:
            mover.dates(document.data, (), _year_fields(ruleset))
        found.texts[file], unmoved, changes = mover.edited()
        found.changes += changes
        lines = enumerate(zip(found.texts[file].splitlines(), unmoved.splitlines(), strict=True), start=1)
        found.left += [Named(file, number, line.strip()) for number, (line, rest) in lines if old.search(rest)]
    return found


def _year_fields(ruleset: Ruleset) -> frozenset[str]:
    return frozenset(kind.year_field for kind in ruleset.kinds.values() if kind.year_field is not None)


def shifted(text: str, years: int) -> str | None:
    """A month or date so many years later, the last of February as such; None for any other text.

    >>> shifted("2023-04", 1), shifted("2024-02-29", 1), shifted("2023 年", 1)
    ('2024-04', '2025-02-28', None)
    """
    found = _DATE.fullmatch(text)
    if found is None:
        return None
    year, month, day = int(found[1]) + years, found[2], found[3] or ""
    if day:
        day = f"-{min(int(day[1:]), calendar.monthrange(year, int(month[1:]))[1]):02d}"
    return f"{year:04d}{month}{day}"


class _Mover:
    """Collects the edits of one file by their place, and makes them from the last to the first."""

    def __init__(self, document: Document, text: str, years: int) -> None:
        self._document, self._text, self._years = document, text, years
        self._starts = [0, *(found.end() for found in re.finditer(r"\r\n|\n|\r", text))]
        self._edits: list[tuple[int, int, str, int]] = []  # from, to, what stands there then, line

    def head(self, name: str, old: int, year: int) -> None:
        data = self._document.data
        self._value(("name",), data["name"], name)
        self._value(("year",), data["year"], str(year))
        for setting, written in data.get("settings", {}).items():
            if isinstance(written, dict):
                self._setting(("settings", setting), written, year)
            else:
                self._date(("settings", setting), written)
        for part in ("notice", "letters"):
            prefix = data.get(part, {}).get("number_prefix", "")
            self._value((part, "number_prefix"), prefix, prefix.replace(f"〔{old}〕", f"〔{year}〕"))

    def _setting(self, path: Path, written: Mapping[str, Data], year: int) -> None:
        """Of the values up to the new year the last one holds from its January; earlier ones are left out."""
        months = [key for key in written if MONTH.fullmatch(key)]
        before = sorted(month for month in months if month[:4] < str(year)) if self._years > 0 else []
        for month in months:
            if month in before[:-1]:
                self._leave_out(path, list(written), month)
                continue
            self._key((*path, month), month, f"{year}-01" if month in before else shifted(month, self._years))
            if isinstance(written[month], dict):
                self._date((*path, month, "value"), written[month].get("value"))
        self._date((*path, "review"), written.get("review"))

    def _leave_out(self, path: Path, keys: list[str], key: str) -> None:
        at = keys.index(key)
        if at + 1 == len(keys):
            place = self._document.key(*path, key)
            raise InputError(f"{place}：设置“{path[-1]}”最后写的不是最晚的值，无从顺延", "把各值按月份从早到晚写")
        start, end = (self._offset(self._document.key(*path, one)) for one in (key, keys[at + 1]))
        self._edits.append((start, end, "", self._document.key(*path, key).line))

    def dates(self, data: Data, path: Path, year_fields: frozenset[str]) -> None:
        """Every key and value of a part that is a month or a date, and the year in a field that holds one."""
        for key, value in self._parts(data):
            here = (*path, key)
            if isinstance(key, str) and (moved := shifted(key, self._years)):
                self._key(here, key, moved)
            if isinstance(value, str):
                self._date(here, value)
                if key in year_fields and re.fullmatch(r"[0-9]{4}", value):
                    self._value(here, value, f"{int(value) + self._years:04d}")
            else:
                self.dates(value, here, year_fields)

    @staticmethod
    def _parts(data: Data) -> Iterator[tuple[str | int, Data]]:
        return iter(data.items()) if isinstance(data, dict) else enumerate(data)

    def _date(self, path: Path, text: Data | None) -> None:
        moved = shifted(text, self._years) if isinstance(text, str) else None
        if moved:
            self._value(path, text, moved)

    def _value(self, path: Path, old: str, new: str) -> None:
        self._replace(self._document.place(*path), old, new)

    def _key(self, path: Path, old: str, new: str) -> None:
        self._replace(self._document.key(*path), old, new)

    def _offset(self, place: Place) -> int:
        return self._starts[place.line - 1] + place.column - 1

    def _replace(self, place: Place, old: str, new: str) -> None:
        if old == new:
            return
        start = self._offset(place)
        start += self._text[start : start + 1] in ("'", '"')
        if self._text.startswith(old, start):  # else it is written in another way: it stays, and is told with what is left
            self._edits.append((start, start + len(old), new, place.line))

    def edited(self) -> tuple[str, str, list[Change]]:
        """The new text, the same with what was moved blotted out, and the changes."""
        text, rest, changes = self._text, self._text, []
        for start, end, new, line in sorted(self._edits, reverse=True):
            changes.append(Change(self._document.file, line, " ".join(text[start:end].split()), new))
            text = text[:start] + new + text[end:]
            rest = rest[:start] + "…" * len(new) + rest[end:]
        return text, rest, changes[::-1]
