"""Every code that the check of a ruleset can tell, explained with a bad and a good example. The texts are in codes.yaml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from engine.dsl.findings import Level
from engine.dsl.nodes import read

MARK = "‹"  # stands in a bad example before the place that the finding names
_FILE = "codes.yaml"


@dataclass(frozen=True)
class Code:
    """What a code means, why it matters, and two examples: fragments of files, by what they are a part of."""

    name: str
    level: Level
    what: str
    why: str
    bad: Mapping[str, str]
    good: Mapping[str, str]


@cache
def codes() -> Mapping[str, Code]:
    """Every code by its name, in the order in which they are explained."""
    document, findings = read(_FILE, (Path(__file__).parent / _FILE).read_text(encoding="utf-8"))
    assert document is not None, findings
    return {name: Code(name, **entry) for name, entry in document.data.items()}
