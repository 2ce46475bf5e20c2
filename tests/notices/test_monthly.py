"""The month's notice says what the book holds, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import unquote

import pytest

from engine.notices.monthly import monthly_page
from engine.notices.render import render_index
from tests.notices.example import BUREAUS, COUNTIES, SCRIPT, april, first_month, idle_of, render_month
from tests.notices.reading import Reader, hundredths


@pytest.fixture(scope="module")
def out(tmp_path_factory):
    folder = tmp_path_factory.mktemp("notices")
    render_month(april(), None, folder)
    render_index([("2023-04", "积分"), ("2023-05", "积分")], folder)
    return folder


@pytest.fixture(scope="module")
def notice(out):
    return Reader((out / "2023-04" / "月度通报.html").read_text())


def test_both_rankings_are_the_book(notice):
    book = april()
    for category in ("部门", "县区"):
        rows = notice.tables[f"{category}2023年4月积分排名"][1:]
        standings = [one for one in book.standings if one.category == category]
        assert [row.text("c-unit") for row in rows] == [one.unit for one in standings]
        for row, one in zip(rows, standings, strict=True):
            assert int(row.text("c-rank")) == one.month_rank
            assert hundredths(row.text("c-pts")) == one.month_points
            assert hundredths(row.text("c-add")) + hundredths(row.text("c-ded")) == one.month_points
            total, rank = row.text("c-total").rstrip("）").split("（")
            assert (hundredths(total), int(rank)) == (one.total_points, one.total_rank)
            before = book.ranks["2023-03"][one.unit]
            gained = before - one.month_rank
            assert row.text("c-move") == ("持平" if not gained else f"{'↑' if gained > 0 else '↓'}{abs(gained)}")


def test_every_deduction_is_listed_with_its_clause_and_reason(notice):
    rows = notice.tables["2023年4月扣分明细"][1:]
    matches = [match for lines in april().matches.values() for match in lines if match.given < 0]
    assert sorted(hundredths(row.text("c-pts")) for row in rows) == sorted(match.given for match in matches)
    assert hundredths(rows[0].text("c-pts")) == min(match.given for match in matches)
    assert "列入严重失信主体某镇(街道)政府" in rows[0].cells[2][1]
    assert "附件4 附表一（二十九）" in rows[0].text("c-clause")
    assert f"共{len(rows)}条" in notice.text


def test_ties_are_said_as_ties(notice):
    assert "市教育局列第1位，市发展局、市粮食局并列第2位" in notice.text
    assert "白石县、安陵市、望江区居前三位" in notice.text


def test_everyone_at_zero_shares_the_first_place(tmp_path):
    book = april()
    none = dict.fromkeys(book.ruleset.units, 0)
    level = [
        replace(one, month_points=0, month_rank=1)
        for one in sorted(book.standings, key=lambda one: book.ruleset.order[one.unit])
    ]
    empty = dict.fromkeys(book.ruleset.units, ())
    idle = idle_of(book.ruleset, book.rules, book.facts, {})
    render_month(replace(book, standings=tuple(level), matches=empty, idle=idle, months={"2023-04": none}), None, tmp_path)
    text = Reader((tmp_path / "2023-04" / "月度通报.html").read_text()).text
    assert f"等{len(BUREAUS)}个单位并列第1位" in text
    assert "、".join(COUNTIES) + "并列第1位" in text
    assert "本月没有单位被扣分" in text and "本月没有加分事项" in text


def test_the_first_month_compares_with_nothing(tmp_path):
    render_month(first_month(), None, tmp_path)
    notice = Reader((tmp_path / "2023-04" / "月度通报.html").read_text())
    assert "与上月名次相比" not in notice.text
    assert {row.text("c-move") for row in notice.tables["县区2023年4月积分排名"][1:]} == {"—"}


def test_a_veto_in_sight_is_a_warning(notice):
    rows = notice.tables["年度等次预警"][1:]
    assert [row.text("c-head") for row in rows] == ["市交通局", "高新技术产业开发区"]
    assert all("某镇(街道)政府" in row.cells[1][1] and "评为不合格等次" in row.text("warn") for row in rows)


def test_rates_under_the_whole_are_listed_and_uncomputable_ones_are_not(notice):
    rows = notice.tables["上报率、及时率、合规率未达到100%的单位"][1:]
    units = [row.text("c-head") for row in rows]
    assert "市交通局" not in units  # a nil report: nothing was due
    education = rows[units.index("市教育局")]
    assert [text for _, text in education.cells[2:]] == ["100.00%", "97.50%", "95.00%"]


def test_a_rate_just_under_the_whole_never_reads_as_the_whole():
    book = april()
    fact = book.facts["市教育局"][0]
    close = replace(fact, values={**fact.values, "应报数": 1000001, "实报数": 1000000, "及时数": 1000000, "合规数": 0})
    page = monthly_page(replace(book, facts={"市教育局": (close,)}))
    assert page.shortfalls[0].rates == (("99.99%", True), ("100.00%", False), ("0.00%", True))


def test_highlights_name_the_rule_its_clause_and_its_points(notice):
    highlights = notice.text[notice.text.index("加分亮点") : notice.text.index("三、扣分情况")]
    assert "按附件4 附表一（一）" in highlights
    assert "双公示报送情况" not in highlights  # a month's routine figure


def test_the_ruleset_gives_the_letterhead(tmp_path):
    book = april()
    words = {"issuer": "云江市信用办", "number_prefix": "云信办", "to": "各单位", "signer": "云江市信用办公室", "cc": "市委办"}
    worded = replace(book.ruleset, notice=words)
    page = monthly_page(replace(book, ruleset=worded))
    assert (page.head.issuer, page.head.signer, page.head.cc) == ("云江市信用办", "云江市信用办公室", "市委办")
    render_month(replace(book, ruleset=worded), None, tmp_path)
    text = Reader((tmp_path / "2023-04" / "月度通报.html").read_text()).text
    assert "云信办〔2023〕号" in text and "抄送：市委办。" in text and "各单位：" in text


def test_text_of_a_fact_is_never_markup(out):
    for file in out.rglob("*.html"):
        html = file.read_text()
        assert SCRIPT not in html
        assert "script" not in Reader(html).tags
    assert SCRIPT in Reader((out / "2023-04" / "得分单" / "市公安局.html").read_text()).text


def test_every_link_leads_to_a_file_and_the_index_reaches_all(out):
    reached, waiting = set(), [out / "index.html"]
    while waiting:
        file = waiting.pop()
        if file in reached:
            continue
        reached.add(file)
        for link in Reader(file.read_text()).links:
            target = unquote(link.partition("#")[0])
            if target:
                assert (file.parent / target).exists(), (file.name, link)
                waiting.append((file.parent / target).resolve())
    assert {file.resolve() for file in reached} == {file.resolve() for file in out.rglob("*.html")}
