"""A unit's month against the last or another before it, rule by rule and fact by fact: every difference has its reasons, and all add up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from engine.dsl.model import Time
from engine.ledger.book import Book, MatchLine, sums_by_rule
from engine.notices.comparison_context import Cause, Change, Changes, Reason
from engine.notices.limits import limit_words
from engine.notices.wording import MINUS, fact_words, month_words, pts
from engine.scoring.months import month_before

_REASONS = 4  # told of a rule; the rest in one sum
_Identity = tuple[str, tuple[str, ...], int]


def differences(book: Book, unit: str) -> dict[str, int]:
    """Rule to its difference against the month compared where there is one, in the order of the rules; for units of `book.last`."""
    was, now = sums_by_rule(book.last[unit]), book.given.get(unit, {})
    moved = {rule: now.get(rule, 0) - was.get(rule, 0) for rule in _ordered(book, {*was, *now})}
    return {rule: by for rule, by in moved.items() if by}


def causes(book: Book, unit: str) -> list[Cause]:
    """The rules that moved a unit, those that moved it most first."""
    moved = sorted(differences(book, unit).items(), key=lambda one: -abs(one[1]))
    return [Cause(*named(book, rule), by) for rule, by in moved]


def changes(book: Book, unit: str, told: int = _REASONS) -> Changes | None:
    """None where the month compared is not posted, or the unit had no month of its own; of a rule `told` reasons at most."""
    if unit not in book.last:
        return None
    was, now = _by_rule(book.last[unit]), _by_rule(book.matches.get(unit, ()))
    moved = differences(book, unit)
    rows = tuple(_change(book, unit, rule, was.get(rule, []), now.get(rule, []), told) for rule in moved)
    same = [rule for rule in now if rule not in moved]
    before, points = (sum(one.given for one in lines) for lines in (book.last[unit], book.matches.get(unit, ())))
    return Changes(
        month=month_words(book.compared),
        before=before,
        now=points,
        by=points - before,
        rows=rows,
        same=len(same),
        same_points=sum(one.given for rule in same for one in now[rule]),
    )


def _ordered(book: Book, rules: Iterable[str]) -> list[str]:
    place = {rule: at for at, rule in enumerate(book.known)}
    return sorted(rules, key=lambda rule: (place.get(rule, len(place)), rule))


def named(book: Book, rule: str) -> tuple[str, str]:
    """A rule's title and clause; its id, where the month's ruleset no longer has it."""
    return (book.known[rule].title, book.known[rule].clause) if rule in book.known else (rule, "")


def _by_rule(lines: Iterable[MatchLine]) -> dict[str, list[MatchLine]]:
    found: dict[str, list[MatchLine]] = {}
    for line in lines:
        found.setdefault(line.rule, []).append(line)
    return found


def _change(book: Book, unit: str, rule: str, was: list[MatchLine], now: list[MatchLine], told: int) -> Change:
    title, clause = named(book, rule)
    before = sum(one.given for one in was) if was else None
    points = sum(one.given for one in now) if now else None
    kinds = {one.fact.kind for one in was if one.fact}
    held = {fact.kind for fact in book.facts.get(unit, ())}
    mark = "" if now else "无上报" if kinds and not kinds & held else "未计分"
    return Change(title, clause, before, points, mark, (points or 0) - (before or 0), _reasons(book, rule, was, now, mark, told))


def _reasons(book: Book, rule: str, was: list[MatchLine], now: list[MatchLine], mark: str, most: int) -> tuple[Reason, ...]:
    """One a fact, those that moved most first; the last is the sum of those that are not told."""
    then, there = _identified(book, was), _identified(book, now)
    found = [_reason(book, rule, then.get(one), there.get(one), mark) for one in {**there, **then}]
    told = sorted((one for one in found if one.by), key=lambda one: -abs(one.by))
    shown, left = (told, []) if len(told) <= most else (told[: most - 1], told[most - 1 :])
    rest = [Reason("其余", f"另有{len(left)}条", sum(one.by for one in left))] if left else []
    return (*shown, *rest, *_limited(book, rule, now))


def _limited(book: Book, rule: str, now: list[MatchLine]) -> list[Reason]:
    """What was reported and gave nothing because of the rule's limits: no part of the sum, and yet why it is not more."""
    known = book.known.get(rule)
    words = Counter(limit_words(one, known) for one in now if known and one.limit and one.raw and not one.given)
    return [Reason("未计分", f"{count}条，{word}", 0) for word, count in words.items()]


def _identified(book: Book, lines: list[MatchLine]) -> dict[_Identity, MatchLine]:
    """Matches by what their facts are about, whatever the month: the same in both months is one that changed."""
    seen: Counter[tuple[str, tuple[str, ...]]] = Counter()
    found: dict[_Identity, MatchLine] = {}
    for line in lines:
        about = _about(book, line)
        found[(*about, seen[about])] = line
        seen[about] += 1
    return found


def _about(book: Book, line: MatchLine) -> tuple[str, tuple[str, ...]]:
    if line.fact is None:
        return "", ()
    kind = book.ruleset.kinds.get(line.fact.kind)
    if kind is None:
        return line.fact.kind, line.fact.key
    untold = (kind.unit_field, kind.month_field)
    return kind.name, tuple(part for name, part in zip(kind.key, line.fact.key, strict=True) if name not in untold)


def _reason(book: Book, rule: str, was: MatchLine | None, now: MatchLine | None, mark: str) -> Reason:
    known = book.known.get(rule)
    title = known.title if known else rule
    last, this = _months(book)
    by = (now.given if now else 0) - (was.given if was else 0)
    if was is None:
        limited = limit_words(now, known) if known else ""
        say = fact_words(now.say, title)
        return Reason(_new(book, now), f"{say}（{limited}）" if limited else say, by)
    if now is None:
        return Reason(_gone(book, was, mark), fact_words(was.say, title), by)
    say = fact_words(now.say, title)
    if was.raw == now.raw:
        limited = (limit_words(now, known) if known else "") or f"{last}受限额，{this}不受"
        return Reason("限额", f"{say}（{limited}）" if say else limited, by)
    return Reason("数值变化", "；".join(filter(None, (say, f"{last}：{_worth(was)}；{this}：{_worth(now)}"))), by)


def _months(book: Book) -> tuple[str, str]:
    """How a sentence calls the month compared and this one."""
    near = book.compared == month_before(book.period)
    return ("上月", "本月") if near else (month_words(book.compared), month_words(book.period))


def _worth(line: MatchLine) -> str:
    """A match's formula with its result, or what the limits left of it."""
    limited = f"，限额后{pts(line.given)}" if line.given != line.raw else ""
    return f"{line.formula} = {pts(line.raw)}{limited}".replace("-", MINUS)


def _new(book: Book, now: MatchLine) -> str:
    this = _months(book)[1]
    if now.fact is None:
        return f"{this}无上报"
    return f"{this}有上报" if _time(book, now) is Time.MONTHLY else "新增"


def _gone(book: Book, was: MatchLine, mark: str) -> str:
    this = _months(book)[1]
    if was.fact is None:
        return f"{this}已上报"
    if _time(book, was) is Time.STATE:
        return "已终止"
    return mark if _time(book, was) is Time.MONTHLY else f"{this}没有"


def _time(book: Book, line: MatchLine) -> Time | None:
    kind = book.ruleset.kinds.get(line.fact.kind) if line.fact else None
    return kind and kind.time
