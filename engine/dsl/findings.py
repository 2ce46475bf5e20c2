"""Findings: what the check of a ruleset tells, each with its place. Values in a list, never raised one by one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

Level = Literal["error", "warning"]


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where something stands in a ruleset: file relative to the ruleset's folder, line and column from 1."""

    file: str
    line: int
    column: int
    letters: int = field(default=0, compare=False, repr=False)  # how many are meant; 0: the word of YAML that begins there

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that `rules check` found: a stable code (codes.yaml), a Chinese sentence, and the next step;
    `witness` is the fact that proves it, on one line."""

    place: Place
    code: str
    message: str
    hint: str = ""
    level: Level = "error"
    witness: str = ""
    line_text: str = field(default="", compare=False)  # the source line, where the file could be read

    @property
    def told(self) -> str:
        """What was found, and the fact that proves it."""
        return f"{self.message}，例如 {self.witness}" if self.witness else self.message

    def as_json(self) -> dict[str, str | int]:
        return {
            "code": self.code,
            "level": self.level,
            "file": self.place.file,
            "line": self.place.line,
            "column": self.place.column,
            "message": self.told,
            "hint": self.hint,
        }


def with_lines(findings: Iterable[Finding], files: Mapping[str, str]) -> list[Finding]:
    """The findings with the source line that each stands in, out of the texts of the files by name."""
    findings = list(findings)
    lines = {name: _split(files.get(name, "")) for name in {one.place.file for one in findings}}
    return [replace(one, line_text=_line(lines[one.place.file], one.place.line)) for one in findings]


def _split(text: str) -> list[str]:
    # As libyaml counts lines: what Python calls a line break beside these is none there.
    return re.split("\r\n|[\r\n\x85\u2028\u2029]", text.removeprefix("\ufeff"))


def _line(lines: list[str], number: int) -> str:
    return lines[number - 1] if number <= len(lines) else ""
