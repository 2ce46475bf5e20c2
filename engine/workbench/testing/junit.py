"""Outcomes of rule tests as JUnit's XML, which build servers read: a suite a file, no times, so that it is the same each time."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby
from xml.etree import ElementTree

from engine.workbench.testing.rule_tests import Case
from engine.workbench.testing.running import Outcome

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit(name: str, cases: Sequence[Case], outcomes: Sequence[Outcome]) -> bytes:
    """The XML of tests in the order of their files."""
    pairs = list(zip(cases, outcomes, strict=True))
    top = ElementTree.Element("testsuites", {"name": _plain(name), **_counts(outcomes)})
    for file, own in groupby(pairs, key=lambda pair: pair[0].place.file):
        suite_pairs = list(own)
        suite = ElementTree.SubElement(top, "testsuite", {"name": _plain(file), **_counts([one for _, one in suite_pairs])})
        for case, outcome in suite_pairs:
            _add(suite, case, outcome)
    ElementTree.indent(top)
    return ElementTree.tostring(top, encoding="utf-8", xml_declaration=True) + b"\n"


def _counts(outcomes: Sequence[Outcome]) -> dict[str, str]:
    failed = sum(bool(one.differences) for one in outcomes)
    return {"tests": str(len(outcomes)), "failures": str(failed), "errors": "0", "skipped": "0"}


def _add(suite: ElementTree.Element, case: Case, outcome: Outcome) -> None:
    about = {"name": _plain(case.name), "classname": _plain(case.place.file), "file": _plain(case.place.file)}
    told = ElementTree.SubElement(suite, "testcase", {**about, "line": str(case.place.line)})
    if outcome.differences:
        lines = [line for one in outcome.differences for line in (f"{one.line}  {one.title}", *(f"  {why}" for why in one.why))]
        message = "；".join(one.line for one in outcome.differences)
        failure = ElementTree.SubElement(told, "failure", {"message": _plain(message), "type": "difference"})
        failure.text = _plain("\n".join([str(case.place), *lines]))


def _plain(text: str) -> str:
    """A text without what XML cannot hold, each such character as Python would write it."""
    return _NOT_XML.sub(lambda one: repr(one.group())[1:-1], text)
