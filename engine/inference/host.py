"""The only module that imports durable-rules: one unit's month of facts in, the rules that fired out.

A session is asserted as one batch, then its close fact, then deleted. What the library does on the way that would
lose or double a match, and the guard against each, has a test in `tests/inference/test_traps.py`.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache

from durable import engine as durable

from engine.dsl.model import Rule, Trigger
from engine.facts import Fact
from engine.inference.compile import CLOSE, definition, fields_read, message
from engine.interrupting import uninterrupted

_BUNCH = 1000  # matches that the library hands to one action; a hand-over each would take twice as long
_SINK = "#month"  # fires on the close of every month, so that a month without matches is not an error

Fired = tuple[str, Fact | None]  # a rule's id, and the fact it fired on; None for an absence


class InferenceFault(RuntimeError):
    """The library lost, doubled or refused something; nothing of the session can be trusted."""


class _QuietHost(durable.Host):
    """A host without the library's timer threads, which only events and timers need."""

    def _run(self) -> None:
        pass


@cache
def _host() -> durable.Host:
    # A host is never freed, so a process has one. Its clock stands still: an action during which the
    # clock moves by ten seconds would end the session without a word.
    durable._unix_now = lambda: 0.0
    return _QuietHost()


class Matcher:
    """A set of rules, settled for a month, as compiled into durable-rules."""

    def __init__(self, rules: Sequence[Rule | Trigger]) -> None:
        self._read = fields_read(rules)
        self._unconditional = [
            (rule.id, rule.fact.kind) for rule in rules if rule.fact and not rule.fact.tests and not rule.nones
        ]
        self._compiled = _compile({rule.id: definition(rule) for rule in rules})

    def fired(self, facts: Sequence[Fact]) -> list[Fired]:
        """Every rule and fact that match in one unit's month, each pair once, sorted by rule, then fact key.

        Raises InferenceFault where the library did not see what it was given.
        """
        by_id = {str(place): fact for place, fact in enumerate(facts)}
        messages = [
            {"id": id_, "sid": "month", **message(fact, self._read.get(fact.kind, ()))} for id_, fact in by_id.items()
        ]
        with uninterrupted():  # the library catches whatever is raised in an action, and goes on without its matches
            self._assert(messages)
        pairs = set(self._compiled.take())
        self._account(pairs, facts)
        found = [(rule, None if name is None else by_id[name]) for rule, name in pairs]
        return sorted(found, key=lambda pair: (pair[0], pair[1].order if pair[1] else ()))

    def _assert(self, messages: list[dict]) -> None:
        host = _host()
        try:
            if messages:  # an empty batch ends the process
                try:
                    host.assert_facts(self._compiled.name, messages)
                except durable.MessageNotHandledException:
                    pass  # some fact met no rule: the close, which a rule always meets, brings what is pending
            host.assert_fact(self._compiled.name, {"id": CLOSE, "sid": "month", "kind": CLOSE})
            failed = host.get_state(self._compiled.name, "month").get("exception")
        except durable.MessageObservedException as error:
            raise InferenceFault("durable-rules took a fact for one it had seen") from error
        finally:
            host.delete_state(self._compiled.name, "month")
        if failed:
            self._compiled.take()
            raise InferenceFault(f"an action failed inside durable-rules: {failed}")

    def _account(self, pairs: set[tuple[str, str | None]], facts: Sequence[Fact]) -> None:
        """A rule without tests must have fired on every fact of its kind: the proof that nothing was lost."""
        if (_SINK, None) not in pairs:
            raise InferenceFault("durable-rules did not fire on the close of a month")
        pairs.discard((_SINK, None))
        expected, seen = Counter(fact.kind for fact in facts), Counter(rule for rule, _ in pairs)
        for rule, kind in self._unconditional:
            if expected[kind] != seen[rule]:
                raise InferenceFault(f"durable-rules lost matches of {rule}")


@dataclass
class _Compiled:
    """A ruleset inside the library, and where its actions put their matches; they do nothing else."""

    name: str
    matches: list[tuple[str, str | None]] = field(default_factory=list)

    def action(self, rule: str) -> Callable[[durable.Closure], None]:
        def collect(closure: durable.Closure) -> None:
            # With a bunch the library hands over a list, without one a single match; its own wrappers
            # around each are passed by, as they take longer than the matching.
            for match in [closure._m] if closure._m is not None else (one._d for one in closure.m):
                fact = match.get("fact")
                self.matches.append((rule, None if fact is None else fact["id"]))

        return collect

    def take(self) -> list[tuple[str, str | None]]:
        taken, self.matches = self.matches, []
        return taken


_known: dict[str, _Compiled] = {}


def _compile(patterns: dict[str, list[dict]]) -> _Compiled:
    """The compiled form of these patterns. The library forgets no ruleset, so equal ones are compiled once."""
    name = hashlib.sha256(json.dumps(patterns, sort_keys=True).encode()).hexdigest()
    if name not in _known:
        compiled = _Compiled(name)
        rules = {rule: {"all": all_of, "cap": _BUNCH, "run": compiled.action(rule)} for rule, all_of in patterns.items()}
        rules[_SINK] = {"all": [{"close": {"kind": CLOSE}}], "run": compiled.action(_SINK)}
        _host().set_rulesets({name: rules})
        _known[name] = compiled
    return _known[name]
