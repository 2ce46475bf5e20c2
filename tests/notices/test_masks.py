"""Natural persons in notices: their names in part, wherever a fact's values are shown; in full for those who keep the facts."""

from dataclasses import replace

import pytest

from engine.dsl.loader import load_ruleset, read_folder
from engine.dsl.masks import Mask, masked
from engine.facts import Fact, canonical
from tests.conftest import SHIPPED

CASE = {"单位": "潞州区", "主体": "张小明", "起始月份": "2023-04"}
RULES = "  - {fact: 双公示记录, field: 相对人, unless: 统一社会信用代码}\n"


def with_mask(workspace, line: str) -> None:
    head = workspace / "rulesets/changzhi-2023/ruleset.yaml"
    head.write_text(head.read_text(encoding="utf-8").replace(RULES, RULES + line), encoding="utf-8")


def test_a_person_is_masked_and_an_organisation_is_not(ruleset):
    kind = ruleset.kinds["双公示记录"]
    person = Fact(kind.name, canonical(["市公安局", "一"]), {"单位": "市公安局", "文号": "一", "相对人": "欧阳小明"})
    firm = replace(person, values={**person.values, "相对人": "某某公司", "统一社会信用代码": "91140400MA0000000X"})
    assert masked(ruleset.masks, kind, person).values["相对人"] == "欧**明"
    assert masked(ruleset.masks, kind, firm).values["相对人"] == "某某公司"


def test_a_masked_field_of_the_key_is_masked_there_too(ruleset):
    kind = ruleset.kinds["拖欠账款"]
    fact = Fact(kind.name, canonical(list(CASE.values())), dict(CASE))
    shown = masked((Mask(kind.name, "主体"),), kind, fact)
    assert shown.key == canonical(["潞州区", "张*明", "2023-04"])
    assert "张小明" in fact.key


def test_notices_show_a_name_in_part_and_the_commands_in_full(jifen, workspace, sheet):
    with_mask(workspace, "  - {fact: 拖欠账款, field: 主体}\n")
    done = jifen("-w", workspace, "run", "2023-04", "--from", sheet("拖欠账款", CASE))
    assert done.status == 0, done.err
    folder = workspace / "notices/2023-04"
    assert "张*明" in (folder / "得分单/潞州区.html").read_text(encoding="utf-8")
    assert not [path for path in folder.rglob("*.html") if "张小明" in path.read_text(encoding="utf-8")]
    assert "张小明" in jifen("-w", workspace, "facts", "拖欠账款").out
    assert "张小明" in jifen("-w", workspace, "ledger", "--unit", "潞州区").out
    assert jifen("-w", workspace, "verify").status == 0


@pytest.mark.parametrize(
    "line, told",
    [
        ("{fact: 双公示记实, field: 相对人}", "双公示记录"),
        ("{fact: 双公示记录, field: 相对方}", "相对人"),
        ("{fact: 双公示记录, field: 相对人, unless: 信用代码}", "字段"),
        ("{fact: 双公示记录, field: 决定日期}", "不是文本"),
    ],
)
def test_a_word_that_masks_nothing_is_a_finding_at_its_place(line, told):
    files = read_folder(SHIPPED)
    files["ruleset.yaml"] = files["ruleset.yaml"].replace(RULES, f"  - {line}\n")
    ruleset, findings = load_ruleset(files)
    assert ruleset is None
    (found,) = findings
    assert told in found.message + found.hint
    assert files["ruleset.yaml"].splitlines()[found.place.line - 1].strip() == f"- {line}"
