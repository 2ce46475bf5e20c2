"""Check facts: what the ledger must come to by another source, held against it at every run."""

from __future__ import annotations

import pytest

from tests.conftest import closed

CASE = {"单位": "市教育局", "编号": "1"}  # D16b: 2 points each


@pytest.fixture
def bring(jifen, workspace, sheet):
    def bring(kind: str, *rows: dict[str, object], correction: str = "", status: int = 0):
        more = ("--correction", correction) if correction else ()
        outcome = jifen("-w", workspace, "import", sheet(kind, *rows), *more)
        assert outcome.status == status, outcome.err
        return outcome

    return bring


def check(month: str, own: object = "", total: object = "", unit: str = "市教育局") -> dict[str, object]:
    return {"单位": unit, "月份": month, "本月积分": own, "累计积分": total}


@pytest.fixture
def scored(jifen, workspace, bring):
    """Two points in January, posted; two in February."""
    bring("失信惩戒案例", {**CASE, "月份": "2023-01"}, {**CASE, "月份": "2023-02", "编号": "2"})
    assert jifen("-w", workspace, "run", "2023-01", "--no-notices").status == 0
    return workspace


def test_a_check_that_agrees_says_nothing_and_gives_nothing(jifen, scored, bring):
    bring("积分核对", check("2023-02", 2, "4.00"), check("2023-02", 0, unit="潞州区"))
    done = jifen("-w", scored, "run", "2023-02", "--no-notices", "--json")
    assert (done.status, done.err, done.json["checks"], done.json["unused"]) == (0, "", [], [])
    assert jifen("-w", scored, "status", "2023-02", "--json").json["months"][0]["waiting"] == ""
    assert jifen("-w", scored, "close", "2023-02").status == 0


def test_a_check_that_differs_names_figures_source_and_entries_and_leaves_with_one(jifen, scored, bring):
    bring("积分核对", check("2023-02", "1.5", 5))
    done = jifen("-w", scored, "run", "2023-02", "--json")
    assert done.status == 1
    assert (scored / "notices/2023-02/月度通报.html").exists()
    entries = {(one["period"], one["unit"]): one["entry"] for one in jifen("-w", scored, "ledger", "--json").json}
    january, february = (entries[month, "市教育局"] for month in ("2023-01", "2023-02"))
    own, total = done.json["checks"]
    source = {**own["source"], "file": own["source"]["file"].rpartition("/")[2]}
    assert {**own, "source": source} == {
        "unit": "市教育局", "month": "2023-02", "what": "本月积分", "stated": "1.50", "ledger": "2.00", "difference": "0.50",
        "entries": [{"entry": february, "month": "2023-02", "rule": "D16b", "points": "2.00"}],
        "source": {"file": "积分核对.csv", "sheet": None, "row": 2},
    }  # fmt: skip
    assert (total["what"], total["stated"], total["ledger"], total["difference"]) == ("累计积分", "5.00", "4.00", "-1.00")
    assert [one["entry"] for one in total["entries"]] == [january, february]
    told = jifen("-w", scored, "run", "2023-02", "--no-notices")
    assert told.status == 1 and "积分核对.csv 第 2 行核对为 1.50，账本为 2.00，相差 0.50" in told.err and "D16b" in told.err


def test_a_preview_checks_what_it_would_post(jifen, scored, bring):
    bring("积分核对", check("2023-02", 3))
    done = jifen("-w", scored, "run", "2023-02", "--dry-run", "--json")
    assert (done.status, done.json["checks"][0]["ledger"]) == (1, "2.00")
    assert jifen("-w", scored, "status", "2023-02", "--json").json["months"][0]["state"] == "open"


def test_more_decimals_than_points_have_never_agree_by_rounding(jifen, scored, bring):
    bring("积分核对", check("2023-02", "2.004"))
    (one,) = jifen("-w", scored, "run", "2023-02", "--no-notices", "--json").json["checks"]
    assert (one["stated"], one["difference"]) == ("2.004", "-0.004")


def test_a_month_whose_check_fails_waits_and_is_not_closed_until_the_check_is_right_or_gone(jifen, scored, bring):
    bring("积分核对", check("2023-01", 3))
    assert jifen("-w", scored, "run", "2023-01", "--no-notices").status == 1
    waiting = jifen("-w", scored, "status", "2023-01", "--json").json["months"][0]["waiting"]
    assert "市教育局的本月积分核对为 3.00，账本为 2.00" in waiting
    refused = jifen("-w", scored, "close", "2023-01")
    assert refused.status == 1 and "市教育局的本月积分核对为 3.00" in refused.err and "jifen withdraw 积分核对" in refused.err
    jifen("-w", scored, "withdraw", "积分核对", "市教育局", "2023-01", "--reason", "抄错")
    assert jifen("-w", scored, "run", "2023-01", "--no-notices").status == 0
    assert jifen("-w", scored, "close", "2023-01").status == 0


def test_a_correction_tells_the_checks_of_its_months_too(jifen, scored, bring):
    bring("积分核对", check("2023-01", 2), check("2023-02", "", 4))
    closed(jifen, scored, "2023-02")
    assert jifen("-w", scored, "close", "2023-01").status == 0
    jifen("-w", scored, "withdraw", "失信惩戒案例", "市教育局", "2023-01", "1", "--reason", "误报")
    done = jifen("-w", scored, "correct", "2023-01", "--reason", "误报", "--json")
    assert done.status == 1
    assert [(one["month"], one["what"], one["ledger"]) for one in done.json["checks"]] == [
        ("2023-01", "本月积分", "0.00"), ("2023-02", "累计积分", "2.00"),
    ]  # fmt: skip
    assert jifen("-w", scored, "verify").status == 0


def test_a_check_that_states_nothing_is_refused(bring):
    refused = bring("积分核对", check("2023-01"), status=1)
    assert "“本月积分”“累计积分”至少要填一项" in refused.err


def test_nobody_is_asked_for_checks_again(jifen, scored, bring):
    bring("积分核对", check("2023-01", 2))
    months = jifen("-w", scored, "status", "--json").json["months"]
    assert not [one for month in months for one in month["missing"] if one["kind"] == "积分核对"]
    assert jifen("-w", scored, "run", "2023-01", "--no-notices").status == 0
    assert "积分核对" not in jifen("-w", scored, "status", "2023-01").out  # nor listed among what was reported
