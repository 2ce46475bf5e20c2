"""What goes on taking points month by month until something ends it, and what ending it would save to the year's end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from engine.dsl.masks import masked
from engine.dsl.model import Rule, Time
from engine.facts import Fact
from engine.notices.ending import ends_words
from engine.scoring.award import Hit
from engine.scoring.sentence import sentence
from engine.workbench.advice.ahead import Ahead, Months
from engine.workbench.advice.steps import ended

Sums = Mapping[str, Mapping[str, int]]  # the posted months and what each rule gave the unit in them, hundredths


@dataclass(frozen=True, slots=True)
class Loss:
    """`points` is what it takes in a month, negative; `saves` what ending it in the first month to come saves to the year's end.

    `facts` say that it has ended, where a fact can: none of an absence or of figures, which a report has to be made for.
    """

    rule: Rule
    say: str
    since: str
    points: int
    ends: str
    saves: int
    facts: tuple[Fact, ...] = ()


@dataclass(frozen=True, slots=True)
class Veto:
    """A rule that forces a grade if it still matches in the year's last month."""

    rule: Rule
    say: str
    ends: str
    until: str  # the month that must not see it any more
    facts: tuple[Fact, ...]


def losses(known: Months, as_usual: Months, posted: Sums) -> tuple[Loss, ...]:
    """The unit's losses in the order of the rules: states that hold in the first month to come, and what the last posted
    month had of absences and of monthly figures, if nothing better is told."""
    rules = known.ahead.rules(known.unit, known.months[0])
    return tuple(loss for rule in rules for loss in _losses(known, as_usual, posted, rule))


def _losses(known: Months, as_usual: Months, posted: Sums, rule: Rule) -> Iterator[Loss]:
    ahead, month = known.ahead, known.months[0]
    kind = ahead.ruleset.kinds[rule.fact.kind] if rule.fact else None
    if kind is not None and kind.time is Time.STATE:
        for award in known.awards(month, {rule.id}):
            if award.given < 0:
                over = ended(kind, award.hit.fact, month)
                saves = known.gain([over], known.months[-1]) if over else 0
                fact = award.hit.fact
                since, facts = fact.values.get(kind.start_field, ""), (over,) if over else ()
                yield Loss(rule, _said(ahead, rule, fact, month), since, award.given, _ends(ahead, rule, fact), saves, facts)
        return
    taken = posted.get(ahead.last, {}).get(rule.id, 0)
    if taken >= 0 or (kind is not None and kind.time is not Time.MONTHLY):
        return
    world = known if kind is None else as_usual
    own = [award for award in world.awards(world.months[-1], {rule.id}) if award.given < 0]
    if any(award.hit.month == month for award in own):
        fact = own[0].hit.fact
        saves = -sum(one.given for one in own)
        yield Loss(rule, _said(ahead, rule, fact, month), _since(posted, rule), taken, _ends(ahead, rule, fact), saves)


def vetoes(known: Months) -> tuple[Veto, ...]:
    """The rules with a veto that match in the first month to come as the facts are; of a year that is over, in its last."""
    ahead = known.ahead
    month = known.months[0] if known.months else ahead.last
    if not ahead.ruleset.units[known.unit].there(month):
        return ()
    hits = known.hits(month) if known.months else ahead.outlook.year.hits(known.unit, month)
    return tuple(_veto(known, hit, month) for hit in hits if hit.rule.veto is not None)


def _veto(known: Months, hit: Hit, month: str) -> Veto:
    ahead, rule, fact = known.ahead, hit.rule, hit.fact
    kind = ahead.ruleset.kinds[fact.kind] if fact else None
    over = ended(kind, fact, month) if known.months and kind and kind.time is Time.STATE and kind.end_field else None
    return Veto(rule, _said(ahead, rule, fact, month), _ends(ahead, rule, fact), ahead.ruleset.months[-1], (over,) if over else ())


def _since(posted: Sums, rule: Rule) -> str:
    """The first of the months without a break in which a rule took."""
    since = max(posted)
    for month in sorted(posted, reverse=True):
        if posted[month].get(rule.id, 0) >= 0:
            break
        since = month
    return since


def _said(ahead: Ahead, rule: Rule, fact: Fact | None, month: str) -> str:
    shown = fact and masked(ahead.ruleset.masks, ahead.ruleset.kinds[fact.kind], fact)
    return sentence(ahead.ruleset, rule, shown, month)


def _ends(ahead: Ahead, rule: Rule, fact: Fact | None) -> str:
    return ends_words(ahead.ruleset, rule, fact and fact.values)
