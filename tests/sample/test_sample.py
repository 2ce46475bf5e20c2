"""The sample year: what a reader of the demo meets, read back from the files as an office would open them."""

from __future__ import annotations

import csv
import json
import operator
from collections import defaultdict
from fractions import Fraction
from pathlib import Path

import pytest
from openpyxl import load_workbook

from engine.dsl.loader import SAMPLE, read_folder, ruleset_of
from engine.errors import InputError
from engine.sample.workbooks import write_sample

FOLDER = Path(__file__).parents[2] / "rulesets" / "changzhi-2023"
RULESET = ruleset_of(read_folder(FOLDER))
FILES = {**read_folder(FOLDER), SAMPLE: (FOLDER / SAMPLE).read_text(encoding="utf-8")}
COMPARE = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge, "=": operator.eq, "!=": operator.ne}


@pytest.fixture(scope="module")
def inbox(tmp_path_factory):
    folder = tmp_path_factory.mktemp("inbox")
    heard = []
    written = write_sample(FILES, folder, lambda done, total: heard.append((done, total)))
    assert heard == [(done, 12) for done in range(1, 13)]
    return folder, written


@pytest.fixture(scope="module")
def rows(inbox):
    """(folder, kind, values as text), as the files say."""
    found = []
    for path in sorted(inbox[0].rglob("*.*")):
        found += [(path.parent.name, kind, row) for kind, row in _read(path)]
    return found


@pytest.fixture(scope="module")
def latest(rows):
    """The newest version of each fact, by kind and key."""
    facts = defaultdict(dict)
    for _, kind, row in rows:
        facts[kind][_key(kind, row)] = row
    return facts


def _read(path):
    if path.suffix == ".csv":
        lines = csv.DictReader(path.read_text(encoding="gbk").splitlines())
        return [(path.stem, _filled(line)) for line in lines]
    if path.suffix == ".jsonl":
        lines = map(json.loads, path.read_text(encoding="utf-8").splitlines())
        return [(line.pop("fact"), _filled(line)) for line in lines]
    found = []
    for sheet in load_workbook(path):
        header, *body = sheet.iter_rows(values_only=True)
        found += [(sheet.title, _filled(dict(zip(header, cells, strict=True)))) for cells in body]
    return found


def _filled(row):
    return {name: str(value) for name, value in row.items() if value not in (None, "")}


def _key(kind, row):
    return tuple(row.get(name, "") for name in RULESET.kinds[kind].key)


def _side(side, row, kind):
    if isinstance(side, Fraction):
        return side
    value = kind.fields[side].type.parse(row[side])
    return Fraction(value) if kind.fields[side].type.numeric else value


def _of(latest, kind, unit):
    return [row for row in latest[kind].values() if row["单位"] == unit]


def test_a_year_of_some_ten_thousand_rows_in_twelve_folders(inbox, rows):
    folder, written = inbox
    assert sorted(path.name for path in folder.iterdir()) == list(RULESET.months)
    assert written == len(rows) <= 11_000
    by_month = [sum(month == arrived for arrived, _, _ in rows) for month in RULESET.months]
    assert 400 <= min(by_month) and max(by_month) <= 900


def test_the_same_ruleset_gives_the_same_bytes(inbox, tmp_path):
    write_sample(FILES, tmp_path)
    again = {path.relative_to(tmp_path): path.read_bytes() for path in tmp_path.rglob("*.*")}
    assert again == {path.relative_to(inbox[0]): path.read_bytes() for path in inbox[0].rglob("*.*")}


def test_another_seed_tells_another_year(inbox, tmp_path):
    other = {**FILES, SAMPLE: FILES[SAMPLE].replace("seed: 2023", "seed: 7")}
    write_sample(other, tmp_path)
    name = Path("2023-03") / "双公示统计.xlsx"
    assert (tmp_path / name).read_bytes() != (inbox[0] / name).read_bytes()


def test_every_row_fits_the_dictionary(rows):
    for _, name, row in rows:
        kind = RULESET.kinds[name]
        assert {field for field, one in kind.fields.items() if not one.optional} <= set(row) <= set(kind.fields)
        for field, text in row.items():
            kind.fields[field].type.parse(text)
        for check in kind.checks:
            if all(side in row for side in (check.left, check.right) if isinstance(side, str)):
                assert COMPARE[check.op](_side(check.left, row, kind), _side(check.right, row, kind)), (check.text, row)
        if kind.unit_field:
            assert row[kind.unit_field] in RULESET.units


def test_no_folder_tells_one_fact_twice_and_none_comes_before_its_month(rows):
    told = [(arrived, kind, _key(kind, row)) for arrived, kind, row in rows]
    assert len(told) == len(set(told))
    for arrived, kind, row in rows:
        assert row.get(RULESET.kinds[kind].month_field or RULESET.kinds[kind].start_field, "") <= arrived


def test_spells_of_one_thing_do_not_overlap(latest):
    for name in ("严重失信主体", "拖欠账款", "代码重错"):
        kind = RULESET.kinds[name]
        spells = defaultdict(list)
        for row in latest[name].values():
            thing = tuple(row[field] for field in kind.key if field != kind.start_field)
            spells[thing].append((row[kind.start_field], row.get(kind.end_field, "9999-12")))
        for held in spells.values():
            held.sort()
            assert all(end <= start for (_, end), (start, _) in zip(held, held[1:], strict=False))


def test_every_kind_is_told(latest):
    assert set(latest) == set(RULESET.kinds) - RULESET.operator_kinds


def _rate(latest, unit, months, part="及时数"):
    rows = [row for row in _of(latest, "双公示统计", unit) if row["月份"] in months]
    return Fraction(sum(int(row[part]) for row in rows), sum(int(row["实报数"]) for row in rows))


@pytest.mark.parametrize(("unit", "better"), [("市民政局", True), ("屯留区", True), ("市文旅局", False), ("壶关县", False)])
def test_some_units_improve_over_the_year_and_some_decline(latest, unit, better):
    early, late = (_rate(latest, unit, months) for months in (RULESET.months[:3], RULESET.months[-3:]))
    assert (late - early > Fraction(1, 4)) if better else (early - late > Fraction(1, 4))


def test_rates_are_below_one_and_get_better(latest):
    def of_all(months):
        rows = [row for row in latest["双公示统计"].values() if row["月份"] in months]
        return Fraction(sum(int(row["合规数"]) for row in rows), sum(int(row["实报数"]) for row in rows))

    assert of_all(RULESET.months[:3]) < of_all(RULESET.months[-3:]) < 1


def test_only_those_who_owe_double_publicity_figures_send_them(latest):
    sending = {row["单位"] for row in latest["双公示统计"].values()}
    owing = {unit.name for unit in RULESET.units.values() if unit.category == "县区" or "双公示" in unit.groups}
    assert owing <= sending and len(sending - owing) <= 1
    assert any(row["应报数"] == "0" for row in latest["双公示统计"].values())
    assert any(row["实报数"] == "0" != row["应报数"] for row in latest["双公示统计"].values())


def test_a_blacklisted_body_leaves_the_list_in_june(rows):
    told = [(arrived, row.get("终止月份")) for arrived, kind, row in rows if kind == "严重失信主体" and row["单位"] == "平顺县"]
    assert told == [("2023-02", None), ("2023-06", "2023-06")]


def test_arrears_stand_at_the_end_of_the_year_and_one_unit_has_both(latest):
    def open_at_the_end(kind):
        return {row["单位"] for row in latest[kind].values() if "终止月份" not in row}

    assert open_at_the_end("拖欠账款") == {"黎城县", "长子县", "市交通局"}
    assert open_at_the_end("严重失信主体") == {"长子县"}
    assert any("终止月份" in row for row in latest["拖欠账款"].values())


def test_february_figures_arrive_in_march(rows):
    late = [row["单位"] for arrived, kind, row in rows if (arrived, kind) == ("2023-03", "双公示统计") and row["月份"] == "2023-02"]
    assert late == ["沁源县"]


def test_two_counties_have_the_same_facts(latest):
    def told(unit, kind):
        own = ("单位", "县区", "编号", "标题")
        return sorted(
            sorted((name, value) for name, value in row.items() if name not in own)
            for row in latest[kind].values()
            if unit in (row.get("单位"), row.get("县区"))
        )

    assert all(told("沁县", kind) == told("武乡县", kind) for kind in RULESET.kinds if kind != "年终综合测评")
    assert told("沁县", "双公示统计")


def test_documents_are_first_passed_on_and_then_carried_out(latest):
    ways = [row["方式"] for row in sorted(_of(latest, "顶层文件落实", "潞州区"), key=lambda row: row["月份"]) if row["文件"] == "10"]
    assert ways[:2] == ["转发", "转发并落实"] and "细化并落实" in ways


@pytest.mark.parametrize(("kind", "each"), [("失信惩戒案例", 2), ("信用修复", 1)])
def test_yearly_limits_of_twenty_points_are_reached_in_autumn(latest, kind, each):
    sums, reached = defaultdict(int), []
    for row in sorted(latest[kind].values(), key=lambda row: row["月份"]):
        before = sums[row["单位"]]
        sums[row["单位"]] += each * int(row.get("条数", 1))
        if before < 20 <= sums[row["单位"]]:
            reached.append(row["月份"])
    assert sum("2023-08" <= month <= "2023-11" for month in reached) >= 3


def test_loans_go_by_their_industry_and_one_has_no_authority(latest):
    known = {row["行业"] for row in latest["行业主管"].values()}
    assert [row["编号"] for row in latest["信易贷放款"].values() if row["行业"] not in known] == ["XYD202308058901"]


def test_a_script_that_names_what_the_ruleset_lacks_says_so(tmp_path):
    with pytest.raises(InputError, match="没有的单位.*潞洲区"):
        write_sample({**FILES, SAMPLE: FILES[SAMPLE].replace("潞州区: 96", "潞洲区: 96")}, tmp_path)
