"""A template of the workspace that fails: the command says where, exits 1, and leaves what was there; nothing is half done."""

from __future__ import annotations

import pytest

BROKEN = {"no such field": ("\n\n{{ page.无此项 }}", 3), "no syntax": ("\n{% if %}", 2)}


def noticed(folder):
    return {path.relative_to(folder): path.read_bytes() for path in sorted((folder / "notices").rglob("*.html"))}


@pytest.fixture
def scored(jifen, workspace, sheet):
    jifen("-w", workspace, "import", sheet("典型经验", {"单位": "市教育局", "月份": "2023-01", "名称": "甲"}))
    assert jifen("-w", workspace, "run", "2023-01").status == 0
    return workspace


def test_run_notices_and_close_leave_the_old_notice_and_the_month_open(jifen, scored):
    before = noticed(scored)
    for name, (text, line) in BROKEN.items():
        (scored / "templates" / "official.j2").write_text(text, encoding="utf-8")
        for command in ("run", "notices", "close"):
            done = jifen("-w", scored, command, "2023-01")
            assert done.status == 1 and f"模板 official.j2 第 {line} 行" in done.err, (name, command, done.err)
            assert noticed(scored) == before
    (scored / "templates" / "official.j2").unlink()
    done = jifen("-w", scored, "close", "2023-01", "--number", "长发改信用〔2023〕12号")
    assert done.status == 0, done.err  # it was not closed before


def test_correct_posts_nothing_and_its_notice_has_number_and_date_once_it_can(jifen, scored, sheet):
    assert jifen("-w", scored, "close", "2023-01").status == 0
    more = sheet("典型经验", {"单位": "市教育局", "月份": "2023-01", "名称": "乙"}, folder="more")
    assert jifen("-w", scored, "import", more, "--correction", "补报").status == 0
    before, ledger = noticed(scored), jifen("-w", scored, "ledger", "--json").json
    override = scored / "templates" / "correction.html.j2"
    override.write_text("{{ page.无此项 }}", encoding="utf-8")
    done = jifen("-w", scored, "correct", "2023-01", "--reason", "补报")
    assert done.status == 1 and "模板 correction.html.j2 第 1 行" in done.err
    assert (noticed(scored), jifen("-w", scored, "ledger", "--json").json) == (before, ledger)
    override.unlink()
    done = jifen("-w", scored, "correct", "2023-01", "--reason", "补报", "--number", "长发改信用〔2023〕15号", "--date", "2023-05-18")
    assert done.status == 0, done.err
    told = (scored / "notices" / "2023-01" / "更正通报-1.html").read_text(encoding="utf-8")
    assert '<p class="docno">长发改信用〔2023〕15号</p>' in told and '<p class="date">2023年5月18日</p>' in told
    assert "一、2023年1月积分" in told and "2023年5月18日印发" in told
