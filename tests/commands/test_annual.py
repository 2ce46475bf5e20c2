"""The year's result: what it needs, what it says, and how it is approved, kept, corrected and exported."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from openpyxl import load_workbook
from sqlalchemy import text as sql
from sqlalchemy.exc import IntegrityError

from tests.annual import (
    COUNTY,
    FINE,
    MONTHS,
    OWING,
    SETTLED,
    copied,
    evaluations,
    expected,
    quietly,
    year_points,
)
from tests.forging import forge, opened

SCHEMA = json.loads((Path(__file__).resolve().parents[2] / "docs" / "annual.schema.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def sealed(tmp_path_factory, shut):
    workspace = copied(shut, tmp_path_factory.mktemp("sealed"))
    quietly("-w", workspace, "approve", "2023", "--by", "市政府")
    return workspace


def result(jifen, workspace, *args):
    outcome = jifen("-w", workspace, "annual", "2023", "--json", *args)
    assert outcome.status == 0, outcome.err
    return outcome.json


def by_unit(told):
    return {one["unit"]: one for one in told["units"]}


def csv(tmp_path, kind: str, *lines: str) -> Path:
    path = tmp_path / f"{kind}.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def corrected(jifen, workspace, tmp_path) -> None:
    """Another experience in June, which a correction brings into the closed month."""
    path = csv(tmp_path, "典型经验", "单位,月份,名称", "市审计局,2023-06,联查")
    assert jifen("-w", workspace, "import", path, "--correction", "漏报").status == 0
    assert jifen("-w", workspace, "correct", "2023-06", "--reason", "漏报").status == 0


def test_scores_ranks_and_grades_are_those_of_the_text_with_ties_at_every_edge(jifen, scored, ruleset):
    told = result(jifen, scored)
    assert (told["year"], told["state"], set(told)) == (2023, "初评", {"year", "state", "units"})
    right = expected(ruleset, year_points(ruleset), evaluations(ruleset))
    assert {one["unit"]: (one["score"], one["rank"]) for one in told["units"]} == {unit: own[:2] for unit, own in right.items()}
    assert {one["unit"]: one["grade"] for one in told["units"] if not one["veto"]} == {
        unit: own[2] for unit, own in right.items() if unit != OWING
    }
    for category, edge in (("部门", 10), ("部门", 20), ("部门", 45), ("县区", 3), ("县区", 6), ("县区", 11)):
        ranks = [one["rank"] for one in told["units"] if one["category"] == category]
        assert ranks[edge - 1] == ranks[edge], f"{category} {edge}: the ties that this test is about"
    order = {name: place for place, name in enumerate(ruleset.units)}
    categories = {name: place for place, name in enumerate(ruleset.categories)}
    keys = [(categories[one["category"]], one["rank"], order[one["unit"]]) for one in told["units"]]
    assert keys == sorted(keys) and len(keys) == len(ruleset.units)


def test_numbers_have_two_decimals_and_an_evaluation_keeps_what_it_has(jifen, scored):
    units = by_unit(result(jifen, scored))
    assert (units[OWING]["evaluation"], units[OWING]["points"]) == (FINE, "-20.00")
    assert (units[COUNTY]["points"], units[SETTLED]["points"]) == ("50.00", "30.00")
    assert all(one["evaluation"].endswith(".00") for unit, one in units.items() if unit != OWING)


def test_arrears_that_still_hold_in_december_force_the_grade_and_ended_ones_do_not(jifen, scored):
    units = by_unit(result(jifen, scored))
    assert (units[OWING]["grade"], units[OWING]["veto"]) == ("不合格", ["D30"])
    assert units[SETTLED]["veto"] == [] and units[SETTLED]["grade"] != "不合格"
    shown = jifen("-w", scored, "annual", "2023")
    (row,) = [line.split() for line in shown.out.splitlines() if OWING in line]
    assert row == ["部门", str(units[OWING]["rank"]), OWING, "-20.00", FINE, units[OWING]["score"], "不合格", "D30"]


def test_every_missing_month_and_evaluation_is_named_in_one_line(jifen, workspace, tmp_path, ruleset):
    some = list(ruleset.units)[3:]
    path = csv(tmp_path, "年终综合测评", "单位,年度,得分", *(f"{unit},2023,80" for unit in some), f"{next(iter(ruleset.units))},2022,80")
    jifen("-w", workspace, "import", path, csv(tmp_path, "典型经验", "单位,月份,名称", "市审计局,2023-01,联审"))
    for month in MONTHS[:2]:
        jifen("-w", workspace, "run", month, "--no-notices")
    outcome = jifen("-w", workspace, "annual", "2023", "--format", "xlsx", "-o", tmp_path / "out.xlsx")
    missing = list(ruleset.units)[:3]
    (line,) = [one for one in outcome.err.splitlines() if one.startswith("错误")]
    assert outcome.status == 1 and not outcome.out and not (tmp_path / "out.xlsx").exists()
    assert f"{'、'.join(MONTHS[2:])} 尚未计分" in line and f"{'、'.join(missing)} 没有年终综合测评" in line
    guess = jifen("-w", workspace, "annual", "2023", "--provisional", "--json")
    assert guess.status == 0
    assert guess.json["missing"] == {"months": list(MONTHS[2:]), "evaluations": missing}
    assert all(name in guess.err for name in (*MONTHS[2:], *missing))
    units = by_unit(guess.json)
    assert {units[unit]["evaluation"] for unit in missing} == {"0.00"}
    right = expected(ruleset, {unit: Fraction(one["points"]) for unit, one in units.items()}, dict.fromkeys(some, "80"))
    assert {unit: (one["score"], one["rank"], one["grade"]) for unit, one in units.items()} == right
    Draft202012Validator(SCHEMA).validate(guess.json)
    for refused in (jifen("-w", workspace, "approve", "2023", "--by", "市政府"), jifen("-w", workspace, "notices", "2023")):
        assert refused.status == 1 and all(name in refused.err for name in (MONTHS[-1], *missing))
    assert not (workspace / "notices" / "2023").exists()


@pytest.mark.parametrize("told", ["20x3", "23", "2023-04", "0"])
def test_what_is_no_year_is_wrong_usage(jifen, scored, told):
    assert jifen("-w", scored, "annual", told).status == jifen("-w", scored, "approve", told, "--by", "市政府").status == 2


def test_two_formats_at_once_are_wrong_usage_and_write_nothing(jifen, scored, tmp_path):
    outcome = jifen("-w", scored, "annual", "2023", "--json", "--format", "xlsx", "-o", tmp_path / "x.xlsx")
    assert (outcome.status, list(tmp_path.glob("*.xlsx"))) == (2, [])


def test_another_year_is_refused_with_the_right_one(jifen, scored):
    for command in (("annual", "2022"), ("approve", "2022", "--by", "市政府"), ("notices", "2022")):
        outcome = jifen("-w", scored, *command)
        assert outcome.status == 1 and "2023" in outcome.err, command


def test_nothing_is_approved_before_every_month_is_closed(jifen, scored):
    outcome = jifen("-w", scored, "approve", "2023", "--by", "市政府")
    assert outcome.status == 1 and f"{'、'.join(MONTHS)} 尚未印发" in outcome.err
    assert result(jifen, scored)["state"] == "初评"
    assert jifen("-w", scored, "status").out.splitlines()[-1] == "2023 年度结果：初评，12 个月尚未印发"


def test_nothing_is_approved_while_a_month_waits_for_its_correction(jifen, shut, tmp_path):
    workspace = copied(shut, tmp_path)
    path = csv(tmp_path, "典型经验", "单位,月份,名称", "市审计局,2023-06,联查")
    assert jifen("-w", workspace, "import", path, "--correction", "漏报").status == 0
    outcome = jifen("-w", workspace, "approve", "2023", "--by", "市政府")
    assert outcome.status == 1 and "jifen correct 2023-06" in outcome.err


def test_a_preview_approves_nothing(jifen, shut):
    assert jifen("-w", shut, "approve", "2023", "--by", "市政府", "--dry-run").status == 0
    assert result(jifen, shut)["state"] == "初评" and not (shut / "notices" / "2023").exists()


def test_an_approved_year_says_so_and_is_not_approved_twice(jifen, shut, sealed):
    proposed, stands = result(jifen, shut), result(jifen, sealed)
    assert stands == {**proposed, "state": "审定"}
    again = jifen("-w", sealed, "approve", "2023", "--by", "别人")
    assert again.status == 1 and "由市政府审定" in again.err
    assert "由市政府审定" in jifen("-w", sealed, "status").out.splitlines()[-1]
    assert jifen("-w", sealed, "verify").status == 0


def test_a_correction_waits_for_a_new_approval_and_the_old_result_stands_until_then(jifen, sealed, tmp_path):
    workspace = copied(sealed, tmp_path)
    before = result(jifen, workspace)
    notice = workspace / "notices" / "2023" / "年度考核结果.html"
    issued = notice.read_bytes()
    corrected(jifen, workspace, tmp_path)
    waiting = jifen("-w", workspace, "annual", "2023", "--json")
    assert waiting.json == before
    changed = [line for line in waiting.err.splitlines() if "待重新审定" in line]
    assert len(changed) == 1 and "个单位有变" in changed[0]
    assert "待重新审定" in jifen("-w", workspace, "status").out.splitlines()[-1]
    notice.unlink()
    assert jifen("-w", workspace, "notices", "2023").status == 0
    assert notice.read_bytes() == issued
    again = jifen("-w", workspace, "approve", "2023", "--by", "市政府常务会议", "--json")
    assert again.status == 0 and "市审计局" in again.json["changed"]
    after = by_unit(result(jifen, workspace))
    assert (after["市审计局"]["points"], by_unit(before)["市审计局"]["points"]) == ("100.00", "50.00")
    assert jifen("-w", workspace, "annual", "2023").err == ""
    assert "审定的结果同时废止" in notice.read_text(encoding="utf-8")
    assert jifen("-w", workspace, "verify").status == 0


def test_an_evaluation_of_an_approved_year_needs_a_reason_and_a_new_approval(jifen, sealed, tmp_path):
    workspace = copied(sealed, tmp_path)
    path = csv(tmp_path, "年终综合测评", "单位,年度,得分", "市审计局,2023,99.5")
    refused = jifen("-w", workspace, "import", path, "--json")
    assert refused.status == 1
    assert [(one["code"], one["row"], one["field"]) for one in refused.json["rejected"]] == [("closed-year", 2, "年度")]
    same = csv(tmp_path, "年终综合测评", "单位,年度,得分", f"{OWING},2023,{FINE}")
    assert jifen("-w", workspace, "import", same).status == 0
    path = csv(tmp_path, "年终综合测评", "单位,年度,得分", "市审计局,2023,99.5")
    assert jifen("-w", workspace, "import", path, "--correction", "录入有误").status == 0
    assert "待重新审定" in jifen("-w", workspace, "annual", "2023").err
    assert jifen("-w", workspace, "verify").status == 0
    assert jifen("-w", workspace, "approve", "2023", "--by", "市政府").status == 0
    assert by_unit(result(jifen, workspace))["市审计局"]["evaluation"] == "99.50"


FORGERIES = {
    "content": "UPDATE approval SET content = replace(content, '优秀', '良好')",
    "who": "UPDATE approval SET operator = '别人'",
    "evaluation": "UPDATE fact_version SET fields = replace(fields, '84.1255', '94.1255')",
}


@pytest.mark.parametrize("forged", FORGERIES)
def test_verify_tells_an_approval_that_was_changed_or_that_the_ledger_never_gave(jifen, sealed, tmp_path, forged):
    workspace = copied(sealed, tmp_path)
    with opened(workspace) as connection, pytest.raises(IntegrityError, match="append-only"):
        connection.execute(sql(FORGERIES[forged]))
    forge(workspace, FORGERIES[forged])
    outcome = jifen("-w", workspace, "verify", "--json")
    assert outcome.status == 1
    assert any("第 1 次审定" in one["what"] for one in outcome.json["faults"])


@pytest.mark.parametrize("state", ["初评", "审定"])
def test_the_json_is_as_its_schema_states(jifen, scored, sealed, tmp_path, state):
    Draft202012Validator.check_schema(SCHEMA)
    workspace = scored if state == "初评" else sealed
    told = result(jifen, workspace)
    Draft202012Validator(SCHEMA).validate(told)
    file = tmp_path / "2023.json"
    assert jifen("-w", workspace, "annual", "2023", "--format", "json", "-o", file).status == 0
    assert json.loads(file.read_text(encoding="utf-8")) == told and told["state"] == state


def test_the_workbook_holds_the_result_the_months_and_what_its_columns_mean(jifen, sealed, tmp_path, ruleset):
    file, again = tmp_path / "2023.xlsx", tmp_path / "again.xlsx"
    for path in (file, again):
        assert jifen("-w", sealed, "annual", "2023", "--format", "xlsx", "-o", path).status == 0
    assert file.read_bytes() == again.read_bytes()
    told = result(jifen, sealed)["units"]
    book = load_workbook(file)
    results, months, words = book.worksheets
    rows = list(results.iter_rows(min_row=2, values_only=True))
    assert [(row[0], row[1], row[2], row[6], row[7] or "") for row in rows] == [
        (one["category"], one["rank"], one["unit"], one["grade"], "、".join(one["veto"])) for one in told
    ]
    assert [tuple(Fraction(str(cell)) for cell in row[3:6]) for row in rows] == [
        tuple(Fraction(one[name]) for name in ("points", "evaluation", "score")) for one in told
    ]
    assert (results.freeze_panes, results.auto_filter.ref, results["D2"].number_format) == ("D2", f"A1:H{len(told) + 1}", "0.00##")
    for row in months.iter_rows(min_row=2, values_only=True):
        assert sum(Fraction(str(cell)) for cell in row[2:14]) == Fraction(str(row[14]))
    assert [cell.value for cell in months[1]][2:14] == list(MONTHS)
    said = [[cell for cell in row if cell is not None] for row in words.iter_rows(values_only=True)]
    assert ["状态", "审定"] in said and ["规则集指纹", ruleset.fingerprint] in said
    listed = [(row[0], row[1]) for row in said if row and row[0] in (results.title, months.title)]
    assert listed == [(sheet.title, cell.value) for sheet in (results, months) for cell in sheet[1]]


def test_a_workbook_of_a_proposal_says_that_it_is_one(jifen, scored, tmp_path):
    file = tmp_path / "2023.xlsx"
    assert jifen("-w", scored, "annual", "2023", "--format", "xlsx", "-o", file).status == 0
    assert ("状态", "初评") in [row[:2] for row in load_workbook(file)["说明"].iter_rows(values_only=True)]
    assert jifen("-w", scored, "annual", "2023", "--format", "xlsx", "-o", tmp_path / "none" / "2023.xlsx").status == 1
    for wrong in (["--format", "xlsx"], ["--format", "csv"], ["-o", file]):
        assert jifen("-w", scored, "annual", "2023", *wrong).status == 2


@pytest.mark.both_databases
def test_a_year_is_approved_and_proved_on_either_database(jifen, shut, tmp_path, database, monkeypatch):
    if database is None:
        workspace = copied(shut, tmp_path)
    else:
        workspace = tmp_path / "moved"
        assert jifen("-w", shut, "backup", tmp_path / "backup.zip").status == 0
        monkeypatch.setenv("JIFEN_DATABASE_URL", database)
        assert jifen("restore", tmp_path / "backup.zip", workspace).status == 0
    assert jifen("-w", workspace, "approve", "2023", "--by", "市政府").status == 0
    assert result(jifen, workspace)["state"] == "审定"
    assert jifen("-w", workspace, "verify").status == 0
    with opened(workspace) as connection, pytest.raises(Exception, match="append-only"):
        connection.execute(sql("DELETE FROM approval"))
