"""Findings: what the check of a ruleset tells, each with its place. Values in a list, never raised one by one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Level = Literal["error", "warning"]


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where something stands in a ruleset: file relative to the ruleset's folder, line and column from 1."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that `rules check` found: a stable code of dsl.md, a Chinese sentence, and the next step;
    `witness` is the fact that proves it, on one line."""

    place: Place
    code: str
    message: str
    hint: str = ""
    level: Level = "error"
    witness: str = ""

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
