"""A ruleset's files to a checked `Ruleset`, or to every finding that stands in the way of one."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from engine.dsl.annual import read_annual
from engine.dsl.calendars import read_calendar
from engine.dsl.coverage import warn_uncovered, warn_unread
from engine.dsl.derivations import read_days, read_derivations
from engine.dsl.dictionary import read_kinds
from engine.dsl.findings import Finding, Place
from engine.dsl.heads import (
    check_categories,
    read_bands,
    read_clauses,
    read_codes,
    read_rates,
)
from engine.dsl.letters import read_letters
from engine.dsl.masks import read_masks
from engine.dsl.model import Clause, Ruleset
from engine.dsl.nearest import did_you_mean
from engine.dsl.nodes import LARGEST, Document, read
from engine.dsl.obligations import read_obligations
from engine.dsl.operator_kinds import check_scored, read_adjustments, read_checks, read_opening, with_alternatives
from engine.dsl.overlaps import warn_overlaps
from engine.dsl.report import Report, Spot
from engine.dsl.rules import check_together, read_rules
from engine.dsl.settings import read_settings
from engine.dsl.shapes import RulesetShape, shaped
from engine.dsl.units import read_merged, read_units
from engine.dsl.vocabulary import Vocabulary
from engine.errors import InputError, RulesetFaulty

HEAD, FACTS, UNITS = "ruleset.yaml", "facts.yaml", "units.yaml"
CLAUSES, OBLIGATIONS, DERIVE = "clauses.yaml", "obligations.yaml", "derive.yaml"
_NEEDED = (HEAD, FACTS, UNITS)
KNOWN = (*_NEEDED, CLAUSES, OBLIGATIONS, DERIVE)
SAMPLE = "sample.yaml"  # the script of the sample data: lies in the folder, but is no part of the rules
TESTS = "tests"


def load_ruleset(files: Mapping[str, str]) -> tuple[Ruleset | None, list[Finding]]:
    """The ruleset that the files (by name) say, and what the check finds; None where it finds an error."""
    report = Report()
    ruleset = _load(files, report)
    findings = sorted(dict.fromkeys(report.findings), key=lambda finding: finding.place)
    if report.faulty or ruleset is None:
        return None, findings
    warnings = tuple(finding for finding in findings if finding.level == "warning")
    return replace(ruleset, warnings=warnings), findings


def ruleset_of(files: Mapping[str, str]) -> Ruleset:
    """The ruleset that the files say; raises RulesetFaulty with every finding."""
    return _sound(tuple(sorted(files.items())))


@lru_cache(maxsize=8)
def _sound(files: tuple[tuple[str, str], ...]) -> Ruleset:
    """Kept by the texts: a command reads the workspace's ruleset, and most often the same again out of the ledger."""
    ruleset, findings = load_ruleset(dict(files))
    if ruleset is None:
        raise RulesetFaulty(findings)
    return ruleset


def fingerprint(files: Mapping[str, str]) -> str:
    """What tells one state of the files from another: a sha256 over their names and texts."""
    return hashlib.sha256(json.dumps(sorted(files.items())).encode()).hexdigest()


def read_folder(folder: Path) -> dict[str, str]:
    """The texts of a ruleset's files by name; raises where one cannot be read."""
    if not folder.is_dir():
        raise InputError(f"没有规则集文件夹 {folder}", "检查路径")
    # A file in a folder below is read too, by its name with the folder's, and refused with it as unknown.
    tests = folder / TESTS
    return _texts(folder, (path for path in folder.rglob("*") if path != folder / SAMPLE and tests not in path.parents))


def read_tests(folder: Path) -> dict[str, str]:
    """The texts of a ruleset's tests, by their name below the folder."""
    tests = folder / TESTS
    return _texts(folder, tests.iterdir()) if tests.is_dir() else {}


def _texts(folder: Path, paths: Iterable[Path]) -> dict[str, str]:
    texts, findings = {}, []
    for path in sorted(path for path in paths if path.suffix.lower() in (".yaml", ".yml") and path.is_file()):
        name = path.relative_to(folder).as_posix()
        try:
            if path.stat().st_size > LARGEST:
                findings.append(Finding(Place(name, 1, 1), "yaml", "文件过大，超过 2 MB", "把规则拆成几个文件"))
            else:
                texts[name] = path.read_bytes().decode("utf-8-sig")
        except UnicodeDecodeError as error:
            before = error.object[: error.start].decode("utf-8")
            line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
            findings.append(Finding(Place(name, line, column), "yaml", "文件不是 UTF-8 编码", "以 UTF-8 另存"))
        except OSError as error:
            findings.append(Finding(Place(name, 1, 1), "yaml", f"读不了文件：{error.strerror}", "检查文件的权限"))
    if findings:
        raise RulesetFaulty(findings)
    return texts


def read_dictionary(files: Mapping[str, str]) -> Vocabulary:
    """What rules may name, out of the dictionary's own files, whatever state the rules are in; raises RulesetFaulty."""
    report = Report()
    documents = _documents({name: text for name, text in files.items() if name in (*_NEEDED, CLAUSES)}, report)
    dictionary = None if report.faulty else _dictionary(documents, report)
    if dictionary is None or report.faulty:
        raise RulesetFaulty(sorted(dict.fromkeys(report.findings), key=lambda finding: finding.place))
    return dictionary[2]


def _load(files: Mapping[str, str], report: Report) -> Ruleset | None:
    documents = _documents(files, report)
    dictionary = None if report.faulty else _dictionary(documents, report)
    if dictionary is None:
        return None  # a rule checked against half a dictionary would be reported for nothing
    shape, clauses, words = dictionary
    ruleset = _ruleset(shape, words, documents, files)
    if not report.faulty:
        check_scored(ruleset, Spot(documents[HEAD]), report)
        warn_unread(ruleset, report)
        warn_uncovered(clauses, ruleset, report)
        warn_overlaps(ruleset.rules, words)
    return ruleset


def _dictionary(
    documents: Mapping[str, Document], report: Report
) -> tuple[RulesetShape, dict[str, tuple[Clause, Spot]], Vocabulary] | None:
    """ruleset.yaml as written, the clauses with where they stand, and what rules may name; None where a fault stands in the way."""
    head = Spot(documents[HEAD])
    shape = shaped(RulesetShape, documents[HEAD].data, head, report)
    if shape is None:
        return None
    check_categories(shape, head, report)
    kinds = read_kinds(documents[FACTS], shape.free_fields, shape.categories, report)
    clauses = read_clauses(documents[CLAUSES], report) if CLAUSES in documents else {}
    words = Vocabulary(
        year=int(shape.year),
        categories=tuple(shape.categories),
        letters=shape.category_letters,
        free_fields=tuple(shape.free_fields),
        kinds=kinds,
        units=read_units(documents[UNITS], shape.categories, report),
        settings=read_settings(shape.settings, head.at("settings"), report),
        bands=read_bands(shape, head, report),
        clauses={name: clause for name, (clause, _) in clauses.items()} if CLAUSES in documents else None,
        report=report,
    )
    if report.faulty:
        return None
    return shape, clauses, replace(words, kinds=with_alternatives(shape, read_codes(shape, kinds, head, report)))


def _ruleset(
    shape: RulesetShape, words: Vocabulary, documents: Mapping[str, Document], files: Mapping[str, str]
) -> Ruleset:
    report, head = words.report, Spot(documents[HEAD])
    rules = [rule for name in documents if name not in KNOWN for rule in read_rules(documents[name], words)]
    check_together(rules, words)
    progress, obligations = read_obligations(documents[OBLIGATIONS], words) if OBLIGATIONS in documents else (None, ())
    order = {category: place for place, category in enumerate(words.categories)}
    return Ruleset(
        name=shape.name,
        title=shape.title,
        year=words.year,
        categories=words.categories,
        kinds=words.kinds,
        units=words.units,
        settings=words.settings,
        rules=tuple(sorted((rule for rule, _ in rules), key=lambda rule: (order[rule.category], rule.id))),
        clauses=words.clauses or {},
        bands=words.bands,
        rates=read_rates(shape, words.kinds, head, report),
        annual=read_annual(shape.annual, head.at("annual"), words),
        progress=progress,
        obligations=obligations,
        numbered_field=shape.numbered_field,
        derivations=read_derivations(documents[DERIVE], words) if DERIVE in documents else (),
        review=read_days(shape.review.within, head.at("review", "within"), words) if shape.review else None,
        letters=read_letters(shape.letters, head.at("letters"), words),
        calendar=read_calendar(shape.calendar, head.at("calendar"), report),
        sources=tuple(shape.sources),
        adjustments=read_adjustments(shape, words.kinds, head, report),
        checks=read_checks(shape, words.kinds, head, report),
        opening=read_opening(shape, words.kinds, head, report),
        masks=read_masks(shape.masked, head.at("masked"), words),
        merged=read_merged(shape.units, head.at("units"), words),
        notice=shape.notice.model_dump(exclude_none=True),
        fingerprint=fingerprint(files),
    )


def _documents(files: Mapping[str, str], report: Report) -> dict[str, Document]:
    """Every file as data; files that the ruleset needs and lacks, and files that it does not know, are reported."""
    for name in _NEEDED:
        if name not in files:
            report.add(Place(name, 1, 1), "missing-key", f"缺少文件 {name}", did_you_mean(name, files))
    documents = {}
    for name in sorted(files):
        document, findings = read(name, files[name].removeprefix("\ufeff"), (dict, list) if name == DERIVE else dict)
        report.findings += findings
        if document is None:
            continue
        if "/" in name:
            report.add(Place(name, 1, 1), "unknown-key", f"不认识文件 {name}", "规则文件直接放在规则集文件夹里")
        elif name not in KNOWN and (not name.endswith(".yaml") or "rules" not in document.data):
            hint = did_you_mean(name, KNOWN) or "规则文件最外层要有 category 和 rules"
            report.add(Place(name, 1, 1), "unknown-key", f"不认识文件 {name}", hint)
        documents[name] = document
    return documents
