"""Whatever is done in whatever order, and wherever it is cut off, the ledger is what plain arithmetic says (model.py)."""

from __future__ import annotations

import json
import shutil
import sqlite3
import tempfile
from collections import Counter
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy import Engine, event

from engine.errors import InputError, IntakeRefused
from engine.intake.reading import read_facts
from engine.intake.storing import store
from engine.intake.withdrawing import withdraw, withdraw_import
from engine.ledger.closing import close
from engine.ledger.correcting import correct
from engine.ledger.run import run_month
from engine.ledger.status import status
from engine.ledger.verifying import verify
from engine.workspace import Workspace
from models.database import create_database, reading, writing
from tests.ledger.model import CASE, FIGURE, PAPER, RULESET, SPELL, TRIAL, UNITS, YEAR, Model, accounts, key_of

MONTHS = YEAR[:4]
AT = "2023-06-01T00:00:00Z"


class Killed(BaseException):
    """The process dies here."""


class _Killer:
    """Counts the statements that write and dies before the one asked for, or, asked for the 0th, right after the commit."""

    left: int | None = None

    def before(self, statement: str) -> None:
        if self.left and statement.startswith(("INSERT", "COMMIT", "SAVEPOINT", "RELEASE")):
            self.left -= 1
            if self.left == 0:
                raise Killed

    def after(self, statement: str) -> None:
        if self.left == 0 and statement == "COMMIT":
            raise Killed


_killer = _Killer()


@event.listens_for(Engine, "before_cursor_execute")
def _before(_connection, _cursor, statement, *_rest) -> None:
    _killer.before(statement)


@event.listens_for(Engine, "after_cursor_execute")
def _after(_connection, _cursor, statement, *_rest) -> None:
    _killer.after(statement)


@pytest.fixture(scope="module", autouse=True)
def _unheard_afterwards():
    yield
    event.remove(Engine, "before_cursor_execute", _before)
    event.remove(Engine, "after_cursor_execute", _after)


_unit, _month = st.sampled_from(UNITS), st.sampled_from(MONTHS)
_spell_end = st.sampled_from(("", "2023-02", "2023-03", "2023-05"))


def _spell(unit: str, month: str, end: str) -> dict[str, object]:
    row = {"fact": SPELL, "单位": unit, "主体": f"自{month}", "起始月份": month}
    return row | ({"终止月份": end} if end >= month else {})


_fact = st.one_of(
    st.builds(lambda u, m, n, c: {"fact": CASE, "单位": u, "月份": m, "编号": n, "件数": c}, _unit, _month, st.sampled_from("12"), st.integers(0, 4)),
    st.builds(lambda u, m, n, q: {"fact": TRIAL, "单位": u, "月份": m, "事项": n, "质量": q}, _unit, _month, st.sampled_from("甲乙"), st.sampled_from(("一般", "良好"))),
    st.builds(lambda u, m, n, w: {"fact": PAPER, "单位": u, "月份": m, "文件": n, "方式": w}, _unit, _month, st.sampled_from("甲乙"), st.sampled_from(("转发", "细化", "落实"))),
    st.builds(_spell, _unit, _month, _spell_end),
    st.builds(lambda u, m, c: {"fact": FIGURE, "单位": u, "月份": m, "篇数": c}, _unit, _month, st.integers(0, 3)),
)  # fmt: skip
_facts = st.lists(_fact, min_size=1, max_size=8, unique_by=lambda row: key_of(row["fact"], row))
_kill = st.one_of(st.none(), st.none(), st.integers(0, 12))


class Life(RuleBasedStateMachine):
    """A workspace beside its model. Every act may be killed: then nothing of it may have happened, or all of it."""

    @initialize(rows=_facts)
    def begin(self, rows) -> None:
        _killer.left = None
        self.folder = Path(tempfile.mkdtemp())
        rules = self.folder / "rulesets" / "small"
        rules.mkdir(parents=True)
        for name, text in RULESET.items():
            (rules / name).write_text(text, encoding="utf-8")
        (self.folder / "jifen.toml").write_text('ruleset = "small"\n', encoding="utf-8")
        create_database(self.folder / "jifen.db")
        self.workspace = Workspace.open(self.folder)
        self.model = Model()
        self.entries: list[tuple] = []
        self.proved = False
        self.import_(rows, "", None)

    def teardown(self) -> None:
        _killer.left = None
        if hasattr(self, "folder"):
            shutil.rmtree(self.folder)

    # Acts

    @rule(rows=_facts, reason=st.sampled_from(("", "更正")), kill=_kill)
    def import_(self, rows, reason, kill):
        said = self._said(rows)
        with self._refused(self.model.touches_closed(said) and not reason, kill) as lives:
            self._store(rows, reason)
        if lives():
            self.model.tell(said)

    @rule(month=_month, rows=st.one_of(st.just([]), _facts), kill=_kill)
    def run(self, month, rows, kill):
        said = self._said(rows)
        nothing = not (self.model.facts or said or self.model.posted)
        done = None
        with self._refused(month in self.model.closed or self.model.touches_closed(said) or nothing, kill) as lives:
            done = run_month(self.workspace, month, self._reading(rows) if rows else None, operator="甲")
        if not lives():
            return
        self.model.tell(said)
        moved = self.model.post(month)
        if done is not None:
            assert bool(done.posted.entries) == moved
            behind = [each for each in self.model.posted if each not in self.model.closed and not self.model.stands(each)]
            assert sorted(done.stale + done.behind) == sorted(behind)
        again = run_month(self.workspace, month, operator="甲")
        assert (again.posted.batch, again.posted.entries) == (None, ())

    @precondition(lambda self: self.model.facts and self.model.closed != {*MONTHS})
    @rule(kill=_kill)
    def close_the_next(self, kill):
        """Months are mostly scored and closed in their order; left to chance alone few would be."""
        month = next(each for each in MONTHS if each not in self.model.closed)
        self.run(month, [], None)
        self._close(month, kill)

    def _close(self, month, kill):
        with self._refused(not self.model.closable(month), kill) as lives, self._writing() as connection:
            close(connection, self.workspace.ruleset, month, number="", issued="2023-06-01", operator="甲", at=AT)
        if lives():
            self.model.closed.add(month)

    @precondition(lambda self: self.model.correctable())
    @rule(kill=_kill)
    def correct_the_earliest(self, kill):
        self._correct(self.model.correctable()[0], kill)

    def _correct(self, month, kill):
        touched = self.model.correctable()
        wrong = month not in self.model.closed or (bool(touched) and month != touched[0])
        with self._refused(wrong, kill) as lives, self._writing() as connection:
            correct(connection, self.workspace.ruleset_files, month, reason="更正", operator="甲", at=AT)
        if lives() and touched:
            earlier = {each for each in self.model.closed if each < month}
            # What each month is to be is worked out before any of them is posted.
            after = {each: self.model.due(each, kept=earlier) for each in self.model.posted if each >= month}
            for each, given in after.items():
                self.model.post(each, kept=earlier, corrected=each in self.model.closed)
                assert self.model.posted[each].given == given

    @precondition(lambda self: self.model.facts)
    @rule(place=st.integers(0, 99), kill=_kill)
    def withdraw_one(self, place, kill):
        self._withdraw(sorted(self.model.facts)[place % len(self.model.facts)], kill)

    @rule(act=st.sampled_from(("close", "correct", "withdraw")), month=_month, row=_fact, kill=_kill)
    def act_out_of_turn(self, act, month, row, kill):
        """Mostly refused."""
        if act == "close":
            self._close(month, kill)
        elif act == "correct":
            self._correct(month, kill)
        else:
            self._withdraw(key_of(row["fact"], row), kill)

    def _withdraw(self, key, kill):
        kind, *words = key
        with self._refused(key not in self.model.facts, kill) as lives, self._writing() as connection:
            withdraw(connection, self.workspace.ruleset, kind, words, reason="误报", operator="甲", at=AT)
        if lives():
            self.model.tell({key: None})

    @precondition(lambda self: self.model.acts)
    @rule(place=st.integers(0, 99), kill=_kill)
    def withdraw_an_import(self, place, kill):
        number = place % len(self.model.acts) + 1
        said = self.model.taking_back(number)
        with self._refused(not said, kill) as lives, self._writing() as connection:
            withdraw_import(connection, self.workspace.ruleset, number, reason="误报", operator="甲", at=AT)
        if lives():
            self.model.tell(said, takes_back=number)

    # What must hold after each of them

    @invariant()
    def the_ledger_is_what_arithmetic_says(self):
        entries = self._entries()
        assert entries[: len(self.entries)] == self.entries  # it only grows
        self.entries = entries
        by_id = {id_: rest for id_, *rest in entries}
        reversed_ = Counter(reverses for *_, reverses in entries if reverses is not None)
        assert set(reversed_.values()) <= {1}
        standing: dict[str, dict] = {}
        for id_, month, unit, rule_, kind, points, fact_kind, fact_key, reverses in entries:
            if kind == "reversal":
                award = by_id[reverses]
                assert award == [month, unit, rule_, "award", -points, fact_kind, fact_key, None] and reverses < id_
            elif id_ not in reversed_:
                account = unit, rule_, (fact_kind, *json.loads(fact_key)) if fact_kind else ()
                assert account not in standing.setdefault(month, {})
                standing[month][account] = points
        wanted = {month: accounts(posted.given) for month, posted in self.model.posted.items()}
        assert standing == {
            month: {account: 100 * points for account, points in own.items()} for month, own in wanted.items() if own
        }

    @invariant()
    def the_proof_holds_and_the_status_says_what_is_to_be_done(self):
        if self.proved:  # what was refused has changed nothing, as the entries have shown
            return
        self.proved = True
        with reading(self.workspace.database) as connection:
            found = verify(connection)
            states = {one.month: one for one in status(connection, self.workspace.ruleset)}
        assert (found.faults, found.months, found.entries) == ((), len(self.model.posted), len(self.entries))
        correctable = self.model.correctable()
        for month in MONTHS:
            posted, closed = self.model.posted.get(month), month in self.model.closed
            # A correction that moved no points of a month may still have read other facts of it.
            may_be = {"corrected"} | (set() if posted.corrected else {"closed"}) if closed else {"draft" if posted else "open"}
            assert states[month].state in may_be
            if closed:
                assert bool(states[month].waiting) == (month in correctable)
            elif posted:
                assert bool(states[month].waiting) == (self.model.changed(month) or not self.model.stands(month))

    @invariant()
    def nobody_seems_to_hold_the_workspace(self):
        assert not (self.folder / "jifen.db.holder").exists()

    # Means

    def _said(self, rows):
        pairs = [(key_of(row["fact"], row), {name: value for name, value in row.items() if name != "fact"}) for row in rows]
        return self.model.changes(pairs)

    def _reading(self, rows):
        path = self.folder / "rows.jsonl"
        path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
        return read_facts([path], self.workspace.ruleset)

    def _store(self, rows, reason):
        with self._writing() as connection:
            store(connection, self.workspace.ruleset, self._reading(rows), operator="甲", at=AT, correction=reason)

    def _writing(self):
        return writing(self.workspace.database)

    @contextmanager
    def _refused(self, refused, kill):
        """Runs an act that should be refused or done, or that dies; the callable given says whether it was done."""
        done = False
        _killer.left = kill
        try:
            yield lambda: done
            assert not refused, "should have been refused"
            done = True
            self.proved = False
        except (InputError, IntakeRefused) as error:
            assert refused, (error, getattr(error, "faults", ()))
        except Killed:
            done = kill == 0
            self.proved = False
        finally:
            _killer.left = None

    def _entries(self):
        database = sqlite3.connect(self.workspace.database)
        columns = "id, period, unit, rule, kind, points, fact_kind, fact_key, reverses"
        rows = database.execute(f"SELECT {columns} FROM ledger_entry ORDER BY id").fetchall()
        database.close()
        return rows


TestLife = Life.TestCase
TestLife.settings = settings(
    max_examples=30, stateful_step_count=25, deadline=None, print_blob=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)  # fmt: skip
