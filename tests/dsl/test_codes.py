"""Every code of the check is explained, and its two examples are held against the check itself. ‹ stands before the place."""

import ast
import re
from pathlib import Path

import pytest

from engine.commands.code_view import page
from engine.dsl.codes import MARK, codes
from engine.workbench.checking import checked
from tests.dsl.conftest import CLAUSES, FACTS, RULE, RULESET, UNITS

ROOT = Path(__file__).resolve().parents[2]
CONTRACT = (
    "yaml unknown-key missing-key unknown-fact unknown-field unknown-unit unknown-group unknown-setting bad-value bad-formula "
    "division duplicate-id bad-id bad-cap incomplete-table dead-rule overlap unused-fact uncovered-clause untested-rule"
).split()
WARNINGS = {"overlap", "unused-fact", "uncovered-clause", "untested-rule", "review-due", "unused-allow", "unused-setting"}
TESTED = """\
- {name: 应用, unit: 市甲局, month: 2023-04, expect: {D01: 0}}
- {name: 占比, unit: 市甲局, month: 2023-04, expect: {D01b: 0}}
- {name: 条数, unit: 市甲局, month: 2023-04, expect: {D01z: 0}}
"""
READS = RULE.partition("rules:")[0] + """\
rules:
  - id: D01z
    title: 条数
    clause: 附件4 附表一 (一)
    units: all
    when: {fact: 事项应用}
    points: 权重 + 条数
    once_per: {setting: 计次}
    cap: {points: 20, per: {setting: 周期}}
"""  # reads all settings of the small ruleset
FILLED = {"id": "D01c", "title": "试", "clause": "附件4 附表一 (一)", "units": "all"}
ANOTHER = "- {name: 另一条, unit: 市甲局, month: 2023-04, expect: {D01c: 0}}\n"


def indented(text: str, by: int) -> str:
    return "".join(f"{' ' * by}{line}\n" for line in text.splitlines())


def whole_rule(body: str) -> str:
    """A rule of the fragment's lines first, and of what it leaves out."""
    written = {line.replace(MARK, "").partition(":")[0] for line in body.splitlines()}
    rest = "".join(f"{key}: {value}\n" for key, value in FILLED.items() if key not in written)
    return RULE + "  - " + indented(body + rest, 4)[4:]


def put(example: dict[str, str], code: str) -> dict[str, str]:
    """The small ruleset's files with an example's fragments in their places, still marked."""
    files = {
        "ruleset.yaml": RULESET, "facts.yaml": FACTS, "units.yaml": UNITS, "clauses.yaml": CLAUSES,
        "departments.yaml": RULE, "others.yaml": READS, "tests/some.yaml": TESTED,
    }  # fmt: skip
    for part, text in example.items():
        if part == "rule":
            files["departments.yaml"] = whole_rule(text)
        elif part == "setting":
            files["ruleset.yaml"] = RULESET.replace("settings:\n", "settings:\n" + indented(text, 2))
        elif part == "facts":
            files["facts.yaml"] = FACTS + text
        elif part in ("units", "clauses"):
            files[f"{part}.yaml"] += indented(text, 2)
        elif part == "tests":
            files["tests/some.yaml"] = TESTED + text
        else:
            files["more.yaml"] = text
            ids = re.findall(rf"id: {MARK}?(\w+)", text)
            files["tests/some.yaml"] += "".join(ANOTHER.replace("另一条", one).replace("D01c", one) for one in ids)
    if "rule" in example and "tests" not in example and "untested-rule" not in example["rule"] and code != "untested-rule":
        files["tests/some.yaml"] += ANOTHER
    return files


def found(files: dict[str, str], folder: Path) -> list[tuple[str, str, str, int, int]]:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text.replace(MARK, ""), encoding="utf-8")
    told = checked(folder, "2024-01").findings
    return [(one.code, one.level, one.place.file, one.place.line, one.place.column) for one in told]


def emitted() -> set[str]:
    """Every code that a call of the check, or a variable called `code`, names in the source."""
    named: set[str] = set()
    rooms = (ROOT / "engine" / "dsl", ROOT / "engine" / "workbench", ROOT / "engine" / "workbench" / "testing")
    for file in (path for room in rooms for path in room.glob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            parts: list[ast.expr] = []
            if isinstance(node, ast.Call):
                called = getattr(node.func, "attr", getattr(node.func, "id", ""))
                parts = node.args[1:2] if called in ("add", "unknown", "Finding") else []
            elif isinstance(node, ast.Assign):
                targets = ast.unparse(node.targets[0])
                parts = [node.value] if targets == "code" or targets.startswith("(code, ") else []
            named |= {one.value for part in parts for one in ast.walk(part) if isinstance(one, ast.Constant)}
    return {name for name in named if isinstance(name, str) and name.isascii() and name}


def test_every_code_that_the_check_can_tell_is_explained_and_none_is_forgotten():
    assert emitted() <= set(codes())
    assert {*CONTRACT, *WARNINGS} == set(codes())
    assert {name for name, code in codes().items() if code.level == "warning"} == WARNINGS


@pytest.mark.parametrize("name", sorted(emitted()))
def test_the_bad_example_gives_the_code_at_its_mark_and_the_good_one_nothing(name, tmp_path):
    code = codes()[name]
    bad = put(dict(code.bad), name)
    ((file, text),) = [(file, text) for file, text in bad.items() if MARK in text]
    before = text.partition(MARK)[0]
    assert found(bad, tmp_path / "bad") == [(name, code.level, file, before.count("\n") + 1, len(before) - before.rfind("\n"))]
    assert found(put(dict(code.good), name), tmp_path / "good") == []


def test_the_page_of_codes_is_what_the_explanations_give():
    """`python -m engine.commands.code_view > docs/findings.md` writes it anew."""
    assert (ROOT / "docs" / "findings.md").read_text(encoding="utf-8") == page()
