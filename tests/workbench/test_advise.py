"""Advice is a promise: the facts that a step means, brought in and scored, give the points that it names."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.facts import Fact
from engine.intake.reading import read_facts
from engine.ledger.reading import book_of
from engine.ledger.run import run_month
from engine.notices.advice import advice_file, advice_page, month_advice
from engine.notices.render import page_bytes
from engine.workbench.advice.advising import Advice, Advising
from engine.workbench.advice.steps import Step
from engine.workbench.advice.words import step_words
from engine.workspace import Workspace
from models.database import reading
from tests.annual import MONTHS, OWING, copied, quietly, write
from tests.notices.reading import Reader

LAST, NEXT = "2023-03", "2023-04"
BEST, BUREAU, COUNTY, SILENT, WRONG = "市审计局", "市教育局", "沁源县", "市科技局", "市民政局"


@pytest.fixture(scope="session")
def spring(tmp_path_factory, ruleset) -> Path:
    """Three months scored: figures short of full, documents, caps nearly reached, codes that are wrong, arrears that go on."""
    folder = tmp_path_factory.mktemp("spring")
    inbox = folder / "in"
    inbox.mkdir()
    months = ("2023-01", "2023-02", LAST)
    write(inbox, "双公示统计", "单位,月份,应报数,实报数,及时数,合规数",
          *(f"{unit},{month},40,36,30,33" for unit in (BUREAU, COUNTY) for month in months))  # fmt: skip
    write(inbox, "双公示评分", "单位,月份,得分", *(f"{BEST},{month},28.5" for month in months),
          *(f"{unit},2023-01,{place * 0.4:.1f}" for place, unit in enumerate(ruleset.units) if unit != BEST))  # fmt: skip
    write(inbox, "行政管理信息", "单位,月份,类别,报送数,合规数",
          *(f"{unit},{month},{kind},12,9" for unit in (BUREAU, COUNTY) for month in months for kind in ("行政强制", "行政给付")))  # fmt: skip
    write(inbox, "特定信用信息", "单位,月份,类别,报送数,合规数", f"市税务局,{LAST},纳税,10,7", f"{COUNTY},{LAST},水费,3,2")
    write(inbox, "顶层文件落实", "单位,月份,文件,方式", f"{BUREAU},2023-02,1,转发", f"{BUREAU},2023-02,2,细化并落实", f"{COUNTY},2023-01,3,细化")
    write(inbox, "失信惩戒案例", "单位,月份,编号", *(f"{BUREAU},2023-02,甲{number}" for number in range(10)),
          *(f"{COUNTY},2023-02,乙{number}" for number in range(9)))  # fmt: skip
    write(inbox, "信用修复", "单位,月份,条数", f"{BUREAU},{LAST},19")
    write(inbox, "代码重错", "单位,编号,类型,起始月份,终止月份", f"{WRONG},丙1,错码,2023-02,", f"{WRONG},丙2,重码,2023-01,{LAST}")
    write(inbox, "拖欠账款", "单位,主体,起始月份,终止月份", f"{OWING},某工程公司,2023-02,", f"{BUREAU},某服务公司,2023-01,2023-02")
    write(inbox, "典型经验", "单位,月份,名称", f"{BEST},2023-02,联审", f"{COUNTY},2023-02,联办")
    write(inbox, "守信主体占比", "单位,月份,指标,本地占比,全国占比", f"潞州区,{LAST},纳税信用A级,6.5,7.24")
    write(inbox, "信易贷入驻", "单位,月份,入驻企业数,企业总数", f"{COUNTY},{LAST},5,80")
    write(inbox, "行业主管", "行业,单位,起始月份,终止月份", f"教育,{BUREAU},,")
    workspace = folder / "workspace"
    quietly("init", workspace)
    quietly("-w", workspace, "import", inbox)
    for month in months:
        quietly("-w", workspace, "run", month, "--no-notices")
    return workspace


@pytest.fixture(scope="session")
def advised(spring) -> dict[str, Advice]:
    opened = Workspace.open(spring)
    with reading(opened.database) as connection:
        advising = Advising(connection, opened.ruleset)
        return {unit: advising.of(unit) for unit in opened.ruleset.units_in(LAST)}


def steps_of(advice: Advice) -> list[Step]:
    return [step for clause in advice.clauses for step in clause.steps]


def jsonl(path: Path, lines: list[dict]) -> Path:
    path.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8")
    return path


def line(workspace: Workspace, fact: Fact) -> dict:
    fields = workspace.ruleset.kinds[fact.kind].fields
    return {"fact": fact.kind, **{name: fields[name].type.stored(value) for name, value in fact.values.items()}}


def points_of_next(workspace: Workspace, path: Path | None) -> dict[str, int]:
    """What the next month would give every unit with the facts of a file, in the words of a run that is not kept."""
    told = read_facts([path], workspace.ruleset) if path else None
    done = run_month(workspace, NEXT, told, operator="张三", keep=False)
    given = dict.fromkeys(workspace.ruleset.units_in(NEXT), 0)
    for _, entry in done.posted.entries:
        given[entry.unit] += entry.points
    return given


@settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck))
@given(turn=st.integers(0, 200))
def test_a_step_taken_brings_the_points_that_it_promises(spring, advised, tmp_path, turn):
    workspace = Workspace.open(spring)
    kinds = workspace.ruleset.kinds
    chosen = {unit: steps[(turn + 7 * place) % len(steps)] for place, unit in enumerate(advised) if (steps := steps_of(advised[unit]))}
    # A fact that goes to a unit by a route goes to one of each category: it would move another unit's month too.
    chosen = {unit: step for unit, step in chosen.items() if not any(kinds[fact.kind].routes for fact in step.facts)}
    facts = [line(workspace, fact) for step in chosen.values() for fact in step.facts]
    before, after = points_of_next(workspace, None), points_of_next(workspace, jsonl(tmp_path / f"{turn}.jsonl", facts))
    brought = {unit: after[unit] - before[unit] for unit in before}
    assert brought == {unit: chosen[unit].gain if unit in chosen else 0 for unit in before}


@pytest.mark.parametrize("unit", [BUREAU, COUNTY])
def test_a_step_by_a_route_brings_what_it_promises(spring, advised, tmp_path, unit):
    workspace = Workspace.open(spring)
    (step,) = (one for one in steps_of(advised[unit]) if workspace.ruleset.kinds[one.facts[0].kind].routes)
    facts = [line(workspace, fact) for fact in step.facts]
    before, after = points_of_next(workspace, None), points_of_next(workspace, jsonl(tmp_path / "one.jsonl", facts))
    assert after[unit] - before[unit] == step.gain == 500


def test_no_step_promises_nothing_and_each_names_its_clause(advised):
    found = [step for advice in advised.values() for step in steps_of(advice)]
    assert found and all(step.gain > 0 and step.extra > 0 and step.rule.clause for step in found)
    assert all(advice.next is None or advice.next.needs > 0 for advice in advised.values())


def test_figures_short_of_full_are_bettered_within_what_the_dictionary_allows(advised):
    (step,) = (one for one in steps_of(advised[BUREAU]) if one.facts[0].kind == "双公示统计")
    assert [step.facts[0].values[name] for name in ("应报数", "实报数", "及时数", "合规数")] == [40, 40, 40, 40]
    # Told last: 10×30/36 + 10×33/36 + 10×36/40 = 26.50.
    assert (step.gain, step.extra, step.again) == (3000, 350, 350)


def test_sizes_that_a_unit_never_told_are_its_own_and_a_rate_is_above_another_not_a_number(jifen, spring, advised):
    (step,) = (one for one in steps_of(advised[SILENT]) if one.facts[0].kind == "双公示统计")
    words = step_words(advised[SILENT].ruleset, step)
    assert words == "报送“双公示统计”：应报数 按实际，实报数、及时数、合规数 全部达到时" and step.facts[0].values["应报数"] == 1
    (told,) = (one for one in steps_of(advised[BUREAU]) if one.facts[0].kind == "双公示统计")
    assert "实报数 36→40" in step_words(advised[BUREAU].ruleset, told)
    shown = jifen("-w", spring, "advise", COUNTY).out
    assert "本地占比大于全国占比" in shown and "1.0001" not in shown
    assert "“守信主体占比”（纳税信用A级）：本地占比大于全国占比（7.24）" in jifen("-w", spring, "advise", "潞州区").out


def test_a_cap_that_is_full_leaves_no_step_and_one_nearly_full_only_what_is_left(advised):
    assert [one for one in steps_of(advised[BUREAU]) if one.rule.id == "D16b"] == []
    assert [one.gain for one in steps_of(advised[COUNTY]) if one.rule.id == "C16b"] == [200]
    caps = {cap.rule.id: (cap.had, cap.cap) for clause in advised[BUREAU].clauses for cap in clause.caps}
    assert caps["D16b"] == (2000, 2000) and caps["D17"] == (1900, 2000)
    assert [(one.extra, one.again) for one in steps_of(advised[BUREAU]) if one.rule.id == "D17"] == []  # as much as told last fills it


def test_of_a_document_done_the_least_way_only_the_difference_is_still_to_be_had(advised):
    documents = {one.facts[0].values["文件"]: one.gain for one in steps_of(advised[BUREAU]) if one.rule.id == "D01"}
    assert documents == {1: 200, **dict.fromkeys(range(3, 14), 300)}


def test_an_absence_that_costs_is_a_loss_and_the_report_that_ends_it_a_step(advised):
    (loss,) = advised[SILENT].losses
    assert (loss.rule.id, loss.since, loss.points, loss.saves) == ("D06b", "2023-01", -500, 9 * 500)
    assert {one.gain for one in steps_of(advised[SILENT]) if one.rule.id == "D06a"} == {1000}


def test_a_state_that_costs_every_month_is_ended_by_its_facts(spring, advised, tmp_path):
    workspace = Workspace.open(spring)
    (loss,) = advised[WRONG].losses
    assert (loss.rule.id, loss.since, loss.points, loss.saves) == ("D07", "2023-02", -100, 900)
    facts = [line(workspace, fact) for fact in loss.facts]
    before, after = points_of_next(workspace, None), points_of_next(workspace, jsonl(tmp_path / "end.jsonl", facts))
    assert (before[WRONG], after[WRONG]) == (-100, 0)


def test_to_end_a_loss_is_a_step_like_any_other(advised):
    own = {unit: [one for one in steps_of(advised[unit]) if "终止月份" in one.facts[0].values] for unit in (WRONG, OWING)}
    assert {unit: [(one.rule.id, one.gain, one.extra) for one in steps] for unit, steps in own.items()} == {WRONG: [("D07", 100, 100)], OWING: [("D30", 1000, 1000)]}


def test_a_veto_in_sight_comes_first_with_what_ends_it_and_by_when(jifen, spring):
    told = jifen("-w", spring, "advise", OWING, "--json").json
    (veto,) = told["vetoes"]
    assert (veto["rule"], veto["grade"], veto["until"]) == ("D30", "不合格", "2023-12")
    assert veto["facts"][0]["终止月份"] == NEXT
    out = jifen("-w", spring, "advise", OWING).out
    assert out.splitlines()[2].startswith("一票否决：某工程公司")
    assert "一票否决的情形不消除，积分够了也没有这一等次" in out


def test_every_way_ends_the_veto_that_would_bar_the_grade(jifen, spring, tmp_path):
    ways = jifen("-w", spring, "advise", OWING, "--json").json["next"]["combinations"]
    assert ways and all(any(fact.get("终止月份") == NEXT for step in way["steps"] for fact in step["facts"]) for way in ways)
    for way in ways:
        keys = [json.dumps(step["facts"], ensure_ascii=False) for step in way["steps"]]
        assert len(keys) == len(set(keys))
    (reached,) = [way for way in ways[:1] if way["reaches"]]
    workspace = copied(spring, tmp_path)
    facts = [fact for step in reached["steps"] for fact in step["facts"]]
    quietly("-w", workspace, "run", NEXT, "--from", jsonl(tmp_path / "way.jsonl", facts), "--no-notices")
    assert jifen("-w", workspace, "advise", OWING, "--json").json["vetoes"] == []


def test_what_takes_more_than_ten_steps_is_no_way(jifen, spring, advised, tmp_path):
    assert all(len(way.steps) <= 10 for advice in advised.values() if advice.next for way in advice.next.combinations)
    workspace = copied(spring, tmp_path)
    inbox = tmp_path / "later"
    inbox.mkdir()
    write(inbox, "拖欠账款", "单位,主体,起始月份", *(f"{BUREAU},某{number}公司,{LAST}" for number in range(12)))
    quietly("-w", workspace, "run", LAST, "--from", inbox)
    told = jifen("-w", workspace, "advise", BUREAU, "--json").json["next"]
    assert told["needs"] and told["combinations"] == []
    shown = jifen("-w", workspace, "advise", BUREAU).out
    page = Reader((workspace / "notices" / LAST / advice_file(BUREAU)).read_text(encoding="utf-8")).text
    assert all("近期的步骤够不到" in text and "办法1" not in text for text in (shown, page))


def by_grade(advised: dict[str, Advice], category: str) -> list[str]:
    """Units of a category that a combination brings to a better grade, one of each grade."""
    found: dict[str, str] = {}
    for unit, advice in advised.items():
        if advice.ruleset.units[unit].category == category and advice.next and any(one.reaches for one in advice.next.combinations[:1]):
            found.setdefault(advice.place.grade, unit)
    return list(found.values())


@pytest.mark.parametrize("category", ["部门", "县区"])
def test_a_combination_really_reaches_the_next_grade(jifen, spring, advised, tmp_path, category):
    units = by_grade(advised, category)
    assert len(units) > 1
    for place, unit in enumerate(units):
        told = jifen("-w", spring, "advise", unit, "--json").json
        folder = tmp_path / str(place)
        folder.mkdir()
        facts = [fact for step in told["next"]["combinations"][0]["steps"] for fact in step["facts"]]
        workspace = copied(spring, folder)
        quietly("-w", workspace, "run", NEXT, "--from", jsonl(folder / "way.jsonl", facts), "--no-notices")
        then = jifen("-w", workspace, "advise", unit, "--json").json
        assert then["as_of"] == NEXT and then["rank"] <= advised[unit].place.until < told["rank"]


def test_the_same_ledger_gives_the_same_advice(jifen, spring):
    one, other = (jifen("-w", spring, "advise", BUREAU, "--json").out for _ in range(2))
    assert one == other


def test_a_gap_in_the_posted_months_is_told(jifen, spring, tmp_path):
    workspace = copied(spring, tmp_path)
    quietly("-w", workspace, "run", "2023-05")
    assert jifen("-w", workspace, "advise", BUREAU, "--json").json["missing"] == [NEXT]
    shown = jifen("-w", workspace, "advise", BUREAU).out
    page = Reader((workspace / "notices/2023-05" / advice_file(BUREAU)).read_text(encoding="utf-8")).text
    assert all("2023年4月尚未计分，没有算在内" in text for text in (shown, page))
    assert "尚未计分" not in jifen("-w", spring, "advise", BUREAU).out


def test_a_year_that_is_over_has_nothing_left_to_do(jifen, scored):
    told = jifen("-w", scored, "advise", OWING, "--json").json
    assert told["month"] is None and told["losses"] == [] and all(not one["steps"] for one in told["clauses"])
    assert [one["rule"] for one in told["vetoes"]] == ["D30"]
    assert "2023年12月已经计分，本年度没有可再做的" in jifen("-w", scored, "advise", OWING).out  # the months before may not be


def test_an_approved_year_says_what_was_approved_and_asks_for_nothing(jifen, shut, tmp_path):
    workspace = copied(shut, tmp_path)
    unit = next(one["unit"] for one in jifen("-w", workspace, "annual", "2023", "--json").json["units"] if one["grade"] == "良好")
    assert jifen("-w", workspace, "advise", unit, "--json").json["next"]["grade"] == "优秀"
    quietly("-w", workspace, "approve", "2023", "--by", "市政府常务会议")
    told = jifen("-w", workspace, "advise", unit, "--json").json
    assert (told["grade"], told["approved"], told["next"]) == ("良好", True, None)
    shown = jifen("-w", workspace, "advise", unit).out
    assert "年度等次审定为“良好”" in shown and "本年度的结果已经审定，没有可再做的" in shown and "暂列" not in shown and "下一等次" not in shown


def test_a_veto_at_the_end_of_the_year_is_the_grade_that_the_year_gives(jifen, scored, tmp_path):
    workspace = copied(scored, tmp_path)

    def grades() -> dict[str, str]:
        units = jifen("-w", workspace, "annual", "2023", "--provisional", "--json").json["units"]
        return {one["unit"]: one["grade"] for one in units}

    best = next(unit for unit, grade in grades().items() if grade == "优秀")
    inbox = tmp_path / "later"
    inbox.mkdir()
    write(inbox, "拖欠账款", "单位,主体,起始月份", f"{best},某公司,2023-12")
    quietly("-w", workspace, "run", "2023-12", "--from", inbox)
    told = jifen("-w", workspace, "advise", best, "--json").json
    assert (told["grade"], told["lead"], told["next"]) == (grades()[best], None, None) == ("不合格", None, None)
    shown = jifen("-w", workspace, "advise", best).out
    page = Reader((workspace / "notices/2023-12" / advice_file(best)).read_text(encoding="utf-8")).text
    for text in (shown, page):
        assert "底仍如此，年度定为“不合格”" in text and "到2023年12月底" not in text and "优秀" not in text


def test_where_vetoed_units_go_last_those_behind_move_up_in_advice_and_supposition_too(jifen, scored, tmp_path):
    workspace = copied(scored, tmp_path)
    (ruleset,) = workspace.glob("rulesets/*/ruleset.yaml")
    text = ruleset.read_text(encoding="utf-8")
    ruleset.write_text(text.replace("{value: keep, source: 附件4 未写明}", "{value: last, source: 通知}"), encoding="utf-8")
    for month in MONTHS:
        quietly("-w", workspace, "run", month, "--no-notices")

    def year() -> dict[str, tuple[int, str]]:
        units = jifen("-w", workspace, "annual", "2023", "--provisional", "--json").json["units"]
        return {one["unit"]: (one["rank"], one["grade"]) for one in units}

    stands, opened = year(), Workspace.open(workspace)
    with reading(opened.database) as connection:
        advising = Advising(connection, opened.ruleset)
        assert {unit: ((place := advising.of(unit).place).rank, place.grade) for unit in stands} == stands
    first = next(iter(stands))
    supposed = jifen("-w", workspace, "whatif", first, "2023-12", "--fact", "拖欠账款:主体=某公司", "--json").json["grade"]
    ended = jifen("-w", workspace, "whatif", OWING, "2023-12", "--fact", "拖欠账款:主体=某工程公司,起始月份=2023-11,终止月份=2023-11", "--json").json["grade"]
    inbox = tmp_path / "later"
    inbox.mkdir()
    assert (supposed["before"], supposed["after"], stands[first][1]) == ("优秀", "不合格", "优秀")
    write(inbox, "拖欠账款", "单位,主体,起始月份,终止月份", f"{OWING},某工程公司,2023-11,2023-11")
    quietly("-w", workspace, "import", inbox)
    for month in MONTHS[-2:]:
        quietly("-w", workspace, "run", month, "--no-notices")
    assert ended["before"] == stands[OWING][1] == "不合格" and ended["after"] == year()[OWING][1]

def test_what_cannot_be_advised_says_why(jifen, workspace, spring):
    empty = jifen("-w", workspace, "advise", BUREAU)
    assert empty.status == 1 and "还没有计分的月份" in empty.err and empty.out == ""
    unknown = jifen("-w", spring, "advise", "教育局")
    assert unknown.status == 1 and BUREAU in unknown.err
    assert jifen("-w", spring, "advise", BUREAU, "--year", "2031").status == 1


def test_the_page_beside_the_statement_says_what_the_month_knew_and_stays_so(jifen, spring, tmp_path):
    workspace = copied(spring, tmp_path)
    with reading(Workspace.open(workspace).database) as connection:
        book = book_of(connection, LAST)
        before = page_bytes(None, "advice.html.j2", advice_page(book, month_advice(connection, book)[OWING]))
    inbox = tmp_path / "later"
    inbox.mkdir()
    write(inbox, "典型经验", "单位,月份,名称", f"{OWING},{NEXT},联查")
    quietly("-w", workspace, "run", NEXT, "--from", inbox, "--no-notices")
    quietly("-w", workspace, "notices", LAST)
    folder = workspace / "notices" / LAST
    assert (folder / advice_file(OWING)).read_bytes() == before
    shown = Reader(before.decode()).text
    assert "某工程公司" in shown and shown.index("一票否决") < shown.index("累计积分")
    assert "一票否决的情形不消除，积分够了也没有这一等次" in shown
    assert f'href="../{advice_file(OWING)}"' in (folder / "得分单" / f"{OWING}.html").read_text(encoding="utf-8")
