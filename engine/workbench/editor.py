"""The schemas and the editor's settings, put where a YAML language server finds them.

A ruleset's schemas lie in its own folder, which reads .yaml only. `.vscode/settings.json` of the workspace says which file is
checked by which of them; it may hold more than ours, which stays, and comments, which no JSON keeps: then it is left alone.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from engine.dsl.loader import KNOWN, SAMPLE, TESTS, read_folder
from engine.files import replaced
from engine.workbench.schema import CASES, RULES, schemas

FOLDER = ".schema"
_EXTENSION = "redhat.vscode-yaml"


@dataclass(frozen=True)
class Wanted:
    """A file that an editor needs: `text` is what it should hold, or None where it holds what we cannot add to; `part` is what to add."""

    path: Path
    text: str | None
    part: str = ""

    @property
    def current(self) -> bool:
        return self.text is not None and self.path.is_file() and self.path.read_text(encoding="utf-8", errors="replace") == self.text


def schema_files(ruleset: Path, target: Path | None = None) -> list[Wanted]:
    """The schemas of a ruleset's folder as they should lie in it, or in another folder; raises RulesetFaulty."""
    folder = target or ruleset / FOLDER
    return [
        Wanted(folder / f"{name}.json", json.dumps(schema, ensure_ascii=False, indent=1) + "\n")
        for name, schema in schemas(read_folder(ruleset)).items()
    ]


def settings_files(workspace: Path, names: Iterable[str]) -> list[Wanted]:
    """The settings that give these rulesets of a workspace their schemas, beside what the files hold already."""
    mapping = {schema: files for name in names for schema, files in _mapping(f"rulesets/{name}").items()}
    folder = workspace / ".vscode"
    return [
        _merged(folder / "settings.json", "yaml.schemas", mapping),
        _merged(folder / "extensions.json", "recommendations", [_EXTENSION]),
    ]


def put(wanted: Iterable[Wanted]) -> list[Wanted]:
    """Writes those that are not as they should be, and gives them. Raises OSError."""
    written = [one for one in wanted if one.text is not None and not one.current]
    for one in written:
        one.path.parent.mkdir(parents=True, exist_ok=True)
        with replaced(one.path) as fresh:
            fresh.write_bytes(one.text.encode("utf-8"))
    return written


def _mapping(ruleset: str) -> dict[str, list[str]]:
    """Which files of a ruleset each schema is for, by paths from the workspace; what has no name of its own is a file of rules."""
    named = {name.removesuffix(".yaml"): [f"{ruleset}/{name}"] for name in KNOWN}
    others = [f"{ruleset}/*.yaml", *(f"!{ruleset}/{name}" for name in (*KNOWN, SAMPLE))]
    files = {**named, RULES: others, CASES: [f"{ruleset}/{TESTS}/*.yaml"]}
    return {f"./{ruleset}/{FOLDER}/{name}.json": globs for name, globs in files.items()}


def _merged(path: Path, key: str, ours: Mapping[str, list[str]] | list[str]) -> Wanted:
    part = json.dumps({key: ours}, ensure_ascii=False, indent=4)
    try:
        held = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    except (ValueError, OSError):
        return Wanted(path, None, part)
    there = held.get(key, type(ours)()) if isinstance(held, dict) else None
    if type(there) is not type(ours):
        return Wanted(path, None, part)
    whole = {**there, **ours} if isinstance(ours, dict) else [*there, *(one for one in ours if one not in there)]
    if path.exists() and whole == there:
        return Wanted(path, path.read_text(encoding="utf-8"), part)
    return Wanted(path, json.dumps({**held, key: whole}, ensure_ascii=False, indent=4) + "\n", part)
