"""The least that could be done with a month's facts: bare durable-rules fires on them, bare inserts keep the matches.

    python bench/bare.py WORKSPACE MONTH OUTPUT.db [BUNCH]

Reads the newest facts of events from the workspace's database, one session a unit, three plain rules, one insert.
With BUNCH the library hands so many matches to an action at once, as ours does; its plain use hands over each.
"""

import json
import sqlite3
import sys

from durable import engine

MATCHED = []


class Host(engine.Host):
    def _run(self):
        pass


def collect(closure):
    for match in [closure] if closure._m is not None else closure.m:
        MATCHED.append((match.f.id, match.f.unit, 200))


def main(workspace: str, month: str, output: str, bunch: str = "") -> None:
    engine._unix_now = lambda: 0.0
    host = Host()
    cap = {"cap": int(bunch)} if bunch else {}
    kinds = ("失信惩戒案例", "宣传稿件", "舆情处置")
    host.set_rulesets({"bare": {
        **{kind: {"all": [{"f": {"kind": kind}}], "run": collect, **cap} for kind in kinds},
        "close": {"all": [{"c": {"kind": "close"}}], "run": lambda closure: None},
    }})  # fmt: skip
    units = {}
    rows = sqlite3.connect(f"{workspace}/jifen.db").execute("SELECT id, kind, fields FROM fact_version ORDER BY id")
    for id_, kind, fields in rows:
        values = json.loads(fields)
        if values.get("月份") == month:
            units.setdefault(values["单位"], []).append({"id": str(id_), "sid": "s", "kind": kind, "unit": values["单位"]})
    for facts in units.values():
        try:
            host.assert_facts("bare", facts)
        except engine.MessageNotHandledException:
            pass
        host.assert_fact("bare", {"id": "close", "sid": "s", "kind": "close"})
        host.delete_state("bare", "s")
    database = sqlite3.connect(output)
    database.execute("CREATE TABLE entry (fact TEXT, unit TEXT, points INTEGER)")
    database.executemany("INSERT INTO entry VALUES (?, ?, ?)", MATCHED)
    database.commit()
    print(len(MATCHED))


if __name__ == "__main__":
    main(*sys.argv[1:])
