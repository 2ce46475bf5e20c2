"""A step in words, made of the fact that it means: what is told, what it was, and which texts are still to be chosen."""

from __future__ import annotations

from collections.abc import Sequence

from engine.chinese_dates import value_words
from engine.dsl.masks import masked
from engine.dsl.model import FieldRef, Kind, Ruleset, Test
from engine.facts import Fact
from engine.notices.rule_words import test_words
from engine.notices.wording import month_words, signed
from engine.workbench.advice.drafts import is_made_up, sizes
from engine.workbench.advice.grade import Combination
from engine.workbench.advice.steps import Step


def step_words(ruleset: Ruleset, step: Step) -> str:
    """What is to be reported."""
    return "；".join(_fact_words(ruleset, step, fact) for fact in step.facts)


def missing_words(months: Sequence[str]) -> str:
    """What a gap in the posted months means; empty where there is none."""
    return f"{'、'.join(map(month_words, months))}尚未计分，没有算在内。" if months else ""


def short_words(way: Combination) -> str:
    """Why a way does not bring the grade; empty where it does."""
    return "" if way.reaches else "，一票否决仍未消除" if way.enough else "，仍不够"


def again_words(step: Step) -> str:
    """What the same brings in the months after; empty where nothing."""
    if not step.again:
        return ""
    return "每月可得" if step.again == step.extra else f"以后每月 {signed(step.again)}"


def _fact_words(ruleset: Ruleset, step: Step, fact: Fact) -> str:
    kind = ruleset.kinds[fact.kind]
    shown = masked(ruleset.masks, kind, fact)
    compared = _compared(kind, step, fact)
    if step.before is not None:
        told = [
            compared.get(name) or f"{name} {_value(kind, name, step.before) or '（未填）'}→{_value(kind, name, fact)}"
            for name in kind.fields if fact.values.get(name) != step.before.values.get(name)
        ]  # fmt: skip
        return f"“{kind.name}”{_which(kind, shown)}：{'，'.join(told)}"
    sized, full = _sized(kind, step, fact)
    passed = {*full, *(test.value.name for test in _tests(step, fact))}
    told = [
        f"{name} 按实际" if name in sized else compared.get(name) or f"{name} {_value(kind, name, shown)}"
        for name in kind.fields if name in shown.values and name not in passed and _tells(kind, name, shown)
    ]  # fmt: skip
    told += [f"{'、'.join(full)} 全部达到时"] if full else []
    new = [f"新的{name}" for name in step.rule.once_per or () if is_made_up(fact.values.get(name))]
    return f"报送“{kind.name}”{'：' if told or new else '一条'}{'，'.join([*told, *new])}"


def _tests(step: Step, fact: Fact) -> list[Test]:
    """The tests of the rule that compare a number with another field of the fact: no one value is asked for."""
    pattern = step.rule.fact
    own = pattern.tests if pattern is not None and pattern.kind == fact.kind else ()
    return [test for test in own if isinstance(test.value, FieldRef) and test.op != "eq"]


def _compared(kind: Kind, step: Step, fact: Fact) -> dict[str, str]:
    """What is asked of such numbers, by field, with what the unit told last of the other."""
    found = {}
    for test in _tests(step, fact):
        stays = step.before is not None and step.before.values.get(test.value.name) == fact.values.get(test.value.name)
        found[test.field] = f"{test_words(test)}{f'（{_value(kind, test.value.name, fact)}）' if stays else ''}"
    return found


def _sized(kind: Kind, step: Step, fact: Fact) -> tuple[list[str], list[str]]:
    """The sizes that are examples only, and what reaches them in full; none where the unit told its own before."""
    own = [[name for name in names if name in fact.values] for names in sizes(kind)]
    alike = len({fact.values[name] for names in own for name in names}) == 1
    return (own[0], own[1]) if alike and all(own) and not step.seeded else ([], [])


def _which(kind: Kind, fact: Fact) -> str:
    told = [str(fact.values[name]) for name in kind.key if name in fact.values and _tells(kind, name, fact)]
    return f"（{' '.join(told)}）" if told else ""


def _tells(kind: Kind, name: str, fact: Fact) -> bool:
    """Whether a field says more than whose a fact is and of which month, and is not made up."""
    return name not in (kind.unit_field, kind.month_field, kind.start_field) and not is_made_up(fact.values[name])


def _value(kind: Kind, name: str, fact: Fact) -> str:
    return value_words(kind.fields[name].type, fact.values[name]) if name in fact.values else ""


def grouped(ruleset: Ruleset, steps: Sequence[Step]) -> list[tuple[list[Step], str]]:
    """Steps of one rule that bring the same and differ in one field are told together, with all its values."""
    found: list[tuple[list[Step], str | None]] = []
    for step in steps:
        for place, (own, field) in enumerate(found):
            differs = _difference(ruleset, own[0], step)
            if differs and field in (None, differs):
                own.append(step)
                found[place] = own, differs
                break
        else:
            found.append(([step], None))
    return [(own, _together(ruleset, own, field)) for own, field in found]


def _difference(ruleset: Ruleset, one: Step, other: Step) -> str | None:
    """The only field in which two new facts of one rule differ, where they bring the same."""
    alike = (one.rule.id, one.gain, one.extra, one.seeded) == (other.rule.id, other.gain, other.extra, other.seeded)
    if not alike or one.before or other.before or len(one.facts) + len(other.facts) != 2 or one.facts[0].kind != other.facts[0].kind:
        return None
    left, right = one.facts[0].values, other.facts[0].values
    differing = [name for name in ruleset.kinds[one.facts[0].kind].fields if left.get(name) != right.get(name)]
    return differing[0] if len(differing) == 1 else None


def _together(ruleset: Ruleset, own: Sequence[Step], field: str | None) -> str:
    if field is None:
        return step_words(ruleset, own[0])
    kind = ruleset.kinds[own[0].facts[0].kind]
    told = f"{field} {'、'.join(_value(kind, field, step.facts[0]) for step in own)}"
    alone = f"{field} {_value(kind, field, own[0].facts[0])}"
    return step_words(ruleset, own[0]).replace(alone, told, 1)
