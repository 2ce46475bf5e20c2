"""A clock that was set back: order is by number, never by time, so nothing that follows breaks."""

from __future__ import annotations

import datetime

from tests.commands.test_keeping import CASE


class _Clock(datetime.datetime):
    now_is = datetime.datetime(2023, 6, 1, tzinfo=datetime.UTC)

    @classmethod
    def now(cls, tz=None):
        return cls.now_is


def test_a_clock_set_back_between_two_acts_breaks_neither_posting_nor_proof_nor_corrections(jifen, workspace, sheet, monkeypatch):
    def act(moment: str, *arguments: object):
        _Clock.now_is = datetime.datetime.fromisoformat(f"{moment}T00:00:00+00:00")
        monkeypatch.setattr("engine.clock.datetime", _Clock)
        outcome = jifen("-w", workspace, *arguments)
        assert outcome.status == 0, outcome.err
        return outcome

    first = {**CASE, "月份": "2023-01"}
    act("2023-06-01", "run", "2023-01", "--from", sheet("双公示异议", first))
    act("2023-05-01", "import", sheet("双公示异议", {**first, "及时处理": "是"}))
    act("2023-04-01", "run", "2023-01")
    act("2023-03-01", "import", sheet("双公示异议", first))
    assert act("2022-01-01", "run", "2023-01", "--json").json["posted"][0]["points"] == "-3.00"
    act("2021-01-01", "close", "2023-01")
    act("2020-12-01", "withdraw", "双公示异议", "市教育局", "2023-01", "1", "--reason", "误报")
    act("2020-11-01", "correct", "2023-01", "--reason", "误报")
    assert sum(map(_hundredths, act("2020-10-01", "ledger", "--rule", "D04", "--format", "json").json)) == 0
    assert act("2020-09-01", "verify", "--json").json["ok"]
    assert act("2020-08-01", "status", "2023-01", "--json").json["months"][0]["state"] == "corrected"
    assert act("2020-07-01", "run", "2023-02", "--json").status == 0
    assert [one["import"] for one in act("2020-06-01", "imports", "--json").json] == [1, 2, 3, 4]


def _hundredths(entry: dict[str, str]) -> int:
    return int(entry["points"].replace(".", ""))
