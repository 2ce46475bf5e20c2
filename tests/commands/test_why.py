"""`why`: a unit's month rule by rule, and for a rule that gave nothing the fact and the test that it was for."""

import pytest

from tests.annual import quietly
from tests.commands.test_units import merge, run, typical
from tests.conftest import closed

INFO = {"单位": "市教育局", "月份": "2023-04", "类别": "行政确认", "报送数": 3, "合规数": 1}
FIGURES = {"单位": "市教育局", "月份": "2023-04", "应报数": 42, "实报数": 41, "及时数": 40, "合规数": 41}
CASE = {"单位": "市教育局", "月份": "2023-04", "编号": "一"}


@pytest.fixture
def posted(jifen, workspace, sheet):
    """Posts a month with these sheets of facts."""

    def post(*sheets, month="2023-04"):
        for one in sheets:
            outcome = jifen("-w", workspace, "import", one)
            assert outcome.status == 0, outcome.err
        assert jifen("-w", workspace, "run", month, "--no-notices").status == 0
        return workspace

    return post


@pytest.fixture(scope="module")
def half(tmp_path_factory):
    """A workspace with April posted, and nothing else."""
    folder = tmp_path_factory.mktemp("half")
    file = folder / "双公示异议.csv"
    file.write_text("单位,月份,编号,及时处理\n市教育局,2023-04,一,否\n", encoding="utf-8")
    quietly("init", folder / "workspace")
    quietly("-w", folder / "workspace", "run", "2023-04", "--from", file, "--no-notices")
    return folder / "workspace"


def rules_of(outcome):
    assert outcome.status == 0, outcome.err
    return {one["rule"]: one for one in outcome.json["rules"]}


def test_a_rule_tells_its_formula_with_the_numbers_and_the_row_it_read(jifen, posted, sheet):
    file = sheet("双公示统计", FIGURES)
    workspace = posted(file)
    told = jifen("-w", workspace, "why", "长治市教育局", "2023-04", "--json")
    assert (told.json["unit"], told.json["month"], told.json["points"]) == ("市教育局", "2023-04", "29.52")
    one = rules_of(told)["D03b"]
    assert one == {
        "rule": "D03b",
        "title": "双公示及时、合规、报送情况",
        "clause": "附件4 附表一 (三)",
        "points": "29.52",
        "note": "",
        "entries": [
            {
                "points": "29.52",
                "formula": "10 × 40/41 + 10 × 41/41 + 10 × 41/42",
                "cap": None,
                "fact": {"kind": "双公示统计", "key": "市教育局|2023-04", "values": FIGURES, "source": {"file": str(file), "sheet": None, "row": 2}},
            }
        ],
    }
    shown = jifen("-w", workspace, "why", "市教育局", "2023-04", "--rule", "d03b").out
    assert "算式 10 × 40/41 + 10 × 41/41 + 10 × 41/42 = 29.52" in shown and "来源 双公示统计.csv，第2行" in shown and "〔" in shown
    assert "D05" not in shown and not shown.startswith("\n")


def test_a_rule_without_points_names_the_nearest_fact_and_how_far_it_was_off(jifen, posted, sheet):
    workspace = posted(sheet("双公示统计", FIGURES))
    rules = rules_of(jifen("-w", workspace, "why", "市教育局", "2023-04", "--json"))
    assert rules["D03c"]["note"] == "“双公示统计”1条，不符合本条条件：应报数为42（应为0，差42）"
    assert rules["D04"]["note"] == "当月没有“双公示异议”，不扣分"
    assert "（双公示统计.csv，第2行）" in jifen("-w", workspace, "why", "市教育局", "2023-04").out
    ids = [one["rule"] for one in jifen("-w", workspace, "why", "市教育局", "2023-04", "--json").json["rules"]]
    assert len(ids) == len(set(ids)) and not any(one.startswith("C") for one in ids)


def test_what_a_cap_or_a_once_took_is_told(jifen, posted, sheet):
    kinds = ("行政强制", "行政确认", "行政征收", "行政给付", "行政裁决", "行政补偿", "行政奖励", "行政监督检查")
    infos = [{**INFO, "类别": kind, "合规数": 3} for kind in kinds]
    promise = {"单位": "市教育局", "制度": "告知承诺", "事项": "甲", "月份": "2023-03"}
    files = sheet("行政管理信息", *infos), sheet("承诺制推行", promise, {**promise, "月份": "2023-04"})
    workspace = posted(*files)
    rules = rules_of(jifen("-w", workspace, "why", "市教育局", "2023-04", "--json"))
    assert rules["D05"]["points"] == "40.00" and len(rules["D05"]["entries"]) == 8
    again = rules["D09a"]
    assert (again["points"], again["note"]) == ("0.00", "此前已计过，不再计分")
    assert [(one["points"], one["cap"]) for one in again["entries"]] == [("0.00", "此前已计过，不再计分")]
    assert "此前已计过，不再计分：5.00 → 0.00" in jifen("-w", workspace, "why", "市教育局", "2023-04", "--rule", "D09a").out


def test_a_corrected_month_shows_what_stands(jifen, workspace, sheet):
    objection = {**CASE, "及时处理": "否"}
    jifen("-w", workspace, "import", sheet("双公示异议", objection))
    closed(jifen, workspace, "2023-04")
    assert rules_of(jifen("-w", workspace, "why", "市教育局", "2023-04", "--json"))["D04"]["points"] == "-3.00"
    jifen("-w", workspace, "import", sheet("双公示异议", {**objection, "及时处理": "是"}, folder="later"), "--correction", "查明")
    assert rules_of(jifen("-w", workspace, "why", "市教育局", "2023-04", "--json"))["D04"]["points"] == "-3.00"
    assert jifen("-w", workspace, "correct", "2023-04", "--reason", "查明").status == 0
    one = rules_of(jifen("-w", workspace, "why", "市教育局", "2023-04", "--json"))["D04"]
    assert (one["points"], one["entries"]) == ("0.00", []) and "及时处理为是（应为否）" in one["note"]


def test_an_opening_month_has_its_own_rule_alone(jifen, workspace, tmp_path):
    brought = tmp_path / "以前各月.csv"
    brought.write_text("单位,月份,积分\n市教育局,2023-01,12.5\n", encoding="utf-8")
    assert jifen("-w", workspace, "open-balance", brought).status == 0
    told = jifen("-w", workspace, "why", "市教育局", "2023-01", "--json").json
    assert [(one["rule"], one["points"]) for one in told["rules"]] == [("D00a", "12.50")]
    unknown = jifen("-w", workspace, "why", "市教育局", "2023-01", "--rule", "D05")
    assert unknown.status == 1 and "在 2023-01 不计分" in unknown.err


@pytest.mark.parametrize(
    ("words", "status", "what", "hint"),
    [
        (("市教育", "2023-04"), 1, "没有名为“市教育”的单位", "市教育局"),
        (("市教育局", "2023-4"), 2, "“2023-4”不是月份", "2023-04"),
        (("市教育局", "2023-05"), 1, "2023-05 尚未计分", "jifen run 2023-05"),
        (("市教育局", "2023-04", "--rule", "D55"), 1, "没有编号为“D55”的规则", "D05"),
        (("市教育局", "2023-04", "--rule", "C03"), 1, "不适用于市教育局", "潞州区"),
    ],
)
def test_what_is_not_there_is_told_with_the_nearest_right_word(jifen, half, words, status, what, hint):
    outcome = jifen("-w", half, "why", *words)
    assert outcome.status == status and what in outcome.err and hint in outcome.err and len(outcome.err.splitlines()) == 2


def test_a_unit_that_was_not_there_yet_leads_to_those_it_goes_on_for(jifen, workspace, sheet):
    merge(workspace)
    run(jifen, workspace, "2023-06", "--from", typical(sheet, "市教育局", "2023-06"))
    told = jifen("-w", workspace, "why", "市社会工作部", "2023-06")
    assert told.status == 1 and "那时是“市信访局”、“市民宗局”" in told.err
    assert "起止月份见 units.yaml" in jifen("-w", workspace, "why", "市数据局", "2023-06").err
