"""Natural persons in notices: their names in part, wherever a fact's values are shown; in full for those who keep the facts."""

import zipfile
from dataclasses import replace
from io import BytesIO

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


def texts(content: bytes) -> str:
    """All that a zip holds as text; a workbook in it is a zip of its own."""
    with zipfile.ZipFile(BytesIO(content)) as held:
        parts = [(name, held.read(name)) for name in held.namelist()]
    return "".join(texts(one) if name.endswith(".xlsx") else one.decode("utf-8", "replace") for name, one in parts)


def test_workbooks_documents_and_the_archive_show_it_in_part_too_though_the_entry_was_reversed(jifen, workspace, sheet, tmp_path):
    with_mask(workspace, "  - {fact: 拖欠账款, field: 主体}\n")
    assert jifen("-w", workspace, "run", "2023-04", "--from", sheet("拖欠账款", CASE, {**CASE, "主体": "欧阳小明"})).status == 0
    assert jifen("-w", workspace, "withdraw", "拖欠账款", "潞州区", "欧阳小明", "2023-04", "--reason", "误报").status == 0
    assert jifen("-w", workspace, "run", "2023-04").status == 0
    assert jifen("-w", workspace, "notices", "2023-04", "--docx").status == 0
    made = {"standings": tmp_path / "名次.xlsx", "archive": tmp_path / "归档.zip"}
    assert jifen("-w", workspace, "standings", "2023-04", "--format", "xlsx", "-o", made["standings"]).status == 0
    assert jifen("-w", workspace, "archive", "2023-04", "-o", made["archive"]).status == 0
    for path in (*made.values(), workspace / "notices/2023-04/月度通报.docx"):
        told = texts(path.read_bytes())
        assert "张*明" in told and "张小明" not in told and "欧阳小明" not in told, path
    assert "欧**明" in texts(made["archive"].read_bytes())


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
