"""JSON Schemas of a ruleset's files, so that an editor with a YAML language server completes and checks as one types.

They are no stricter than the check of engine/dsl: what it accepts, they accept. They need the dictionary alone, so that they
can be made while a rule is half written; what is new in the dictionary is known to the editor once they are written again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from engine.dsl.loader import CLAUSES, DERIVE, FACTS, HEAD, KNOWN, OBLIGATIONS, UNITS, read_dictionary
from engine.dsl.nodes import read
from engine.workbench.schema.cases import tests_file
from engine.workbench.schema.heads import clauses_file, facts_file, ruleset_file, units_file
from engine.workbench.schema.kinds import Dictionary
from engine.workbench.schema.parts import Schema
from engine.workbench.schema.rules import rules_file
from engine.workbench.schema.tasks import derive_file, obligations_file

RULES, CASES = "rules", "tests"  # the schemas of the files that have no name of their own


def schemas(files: Mapping[str, str]) -> dict[str, Schema]:
    """The schema of each file, by the stem of its name; raises RulesetFaulty where the dictionary has a fault."""
    words = read_dictionary(files)
    rules = [entry for name in sorted(files) if name not in KNOWN for entry in _entries(files, name, "rules", "id")]
    tasks = list(_entries(files, OBLIGATIONS, "obligations", "no"))
    made = {
        HEAD: ruleset_file(Dictionary(words)),
        FACTS: facts_file(Dictionary(words)),
        UNITS: units_file(Dictionary(words)),
        CLAUSES: clauses_file(Dictionary(words)),
        RULES: rules_file(Dictionary(words)),
        OBLIGATIONS: obligations_file(Dictionary(words)),
        DERIVE: derive_file(Dictionary(words)),
        CASES: tests_file(Dictionary(words), dict(rules), dict(tasks)),
    }
    head = {"$schema": "http://json-schema.org/draft-07/schema#"}
    return {name.removesuffix(".yaml"): {**head, **schema} for name, schema in made.items()}


def _entries(files: Mapping[str, str], name: str, key: str, by: str) -> Iterator[tuple[str, str]]:
    """What stands in a list of a file, by its id and its title; of a file that cannot be read, nothing."""
    document, _ = read(name, files[name].removeprefix("\ufeff")) if name in files else (None, [])
    entries = document.data.get(key) if document else None
    for entry in entries if isinstance(entries, list) else ():
        if isinstance(entry, dict) and isinstance(entry.get(by), str):
            yield entry[by], entry.get("title") if isinstance(entry.get("title"), str) else ""
