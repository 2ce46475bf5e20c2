"""Where the check writes what it finds: one list for the whole ruleset, a place for every line of it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from engine.dsl.findings import Finding, Level, Place
from engine.dsl.nearest import nearest
from engine.dsl.nodes import Document


_SOUGHT = 2_000_000  # letters to compare for hints: far more than real mistakes take, and what a bad file may cost


@dataclass
class Report:
    """The findings so far."""

    findings: list[Finding] = field(default_factory=list)
    sought: int = 0  # letters compared so far

    @property
    def faulty(self) -> bool:
        return any(finding.level == "error" for finding in self.findings)

    def add(
        self, place: Place, code: str, message: str, hint: str = "", level: Level = "error", witness: str = ""
    ) -> None:
        self.findings.append(Finding(place, code, message, hint, level, witness))

    def unknown(self, place: Place, code: str, what: str, word: str, choices: Iterable[str], hint: str = "") -> None:
        """A name that the ruleset lacks, with the nearest one that it has before what else may help."""
        near = self.nearest(word, choices)
        self.add(place, code, f"没有名为“{word}”的{what}", (f"是否指“{near}”？" if near else "") + hint)

    def nearest(self, word: str, choices: Iterable[str]) -> str | None:
        """The nearest word, while there are not too many to seek it for."""
        known = list(choices)
        self.sought += (len(word) + 1) * len(known)
        return nearest(word, known) if self.sought <= _SOUGHT else None


@dataclass(frozen=True)
class Spot:
    """A part of one file: its document and the path to it. `at` goes further in, `letters` and `word` into a text."""

    document: Document
    path: tuple[str | int, ...] = ()
    span: tuple[int, int] | None = None  # letters of the text there: from which, and how many

    def at(self, *path: str | int) -> Spot:
        return Spot(self.document, (*self.path, *path))

    @property
    def value(self) -> Place:
        return self.document.place(*self.path) if self.span is None else self.document.letters(self.path, *self.span)

    def letters(self, start: int, count: int = 1) -> Spot:
        """Some letters of the text there, from 0."""
        return replace(self, span=(start, count))

    def word(self, text: str, word: str) -> Spot:
        """Where a word first stands in the text there."""
        found = re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text)
        return self.letters(found.start(), len(word)) if found else self

    @property
    def key(self) -> Place:
        return self.document.key(*self.path)
