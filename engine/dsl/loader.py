"""A ruleset's files to a checked `Ruleset`, or to every finding that stands in the way of one."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from engine.dsl.allowing import parted
from engine.dsl.annual import read_annual
from engine.dsl.calendars import read_calendar
from engine.dsl.coverage import warn_uncovered, warn_unread
from engine.dsl.derivations import read_days, read_derivations
from engine.dsl.dictionary import read_kinds
from engine.dsl.findings import Finding, Place, with_lines
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
from engine.dsl.report import Report, Spot
from engine.dsl.rules import check_together, read_rules
from engine.dsl.settings import read_settings
from engine.dsl.shapes import ObligationShape, ObligationsShape, RuleShape, RulesetShape, RulesShape, shaped
from engine.dsl.units import read_merged, read_units
from engine.dsl.vocabulary import Vocabulary
from engine.errors import InputError, RulesetFaulty

HEAD, FACTS, UNITS = "ruleset.yaml", "facts.yaml", "units.yaml"
CLAUSES, OBLIGATIONS, DERIVE = "clauses.yaml", "obligations.yaml", "derive.yaml"
_NEEDED = (HEAD, FACTS, UNITS)
KNOWN = (*_NEEDED, CLAUSES, OBLIGATIONS, DERIVE)
SAMPLE = "sample.yaml"  # the script of the sample data: lies in the folder, but is no part of the rules
TESTS = "tests"


def load_ruleset(files: Mapping[str, str], unread: Iterable[Finding] = ()) -> tuple[Ruleset | None, list[Finding]]:
    """The ruleset that the files (by name) say, and what the check finds; None where it finds an error.

    `unread` tells of files that lie there and could not be read.
    """
    report = Report([*unread])
    ruleset = _load(files, report)
    findings = with_lines(sorted(dict.fromkeys(report.findings), key=lambda finding: finding.place), files)
    if report.faulty or ruleset is None:
        return None, findings
    warnings, allowed = parted(findings, ruleset.rules)
    return replace(ruleset, warnings=tuple(warnings), allowed=tuple(allowed)), warnings


def stopped(findings: Iterable[Finding]) -> bool:
    """Whether the reading had to stop somewhere, so that there may be more to find."""
    return any(one.code == "yaml" or (one.level == "error" and one.place.file in _NEEDED) for one in findings)


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
    return _sound_texts(scan_folder(folder))


def scan_folder(folder: Path) -> tuple[dict[str, str], list[Finding]]:
    """The texts of a ruleset's files by name, and those that cannot be read."""
    if not folder.is_dir():
        raise InputError(f"没有规则集文件夹 {folder}", "检查路径")
    # A file in a folder below is read too, by its name with the folder's, and refused with it as unknown.
    tests = folder / TESTS
    return _below(folder, (path for path in folder.rglob("*") if path != folder / SAMPLE and tests not in path.parents))


def read_tests(folder: Path) -> dict[str, str]:
    """The texts of a ruleset's tests, by their name below the folder; raises where one cannot be read."""
    return _sound_texts(scan_tests(folder))


def scan_tests(folder: Path) -> tuple[dict[str, str], list[Finding]]:
    """The texts of a ruleset's tests, and those that cannot be read."""
    tests = folder / TESTS
    return _below(folder, tests.iterdir()) if tests.is_dir() else ({}, [])


def _sound_texts(scanned: tuple[dict[str, str], list[Finding]]) -> dict[str, str]:
    texts, findings = scanned
    if findings:
        raise RulesetFaulty(findings)
    return texts


def is_yaml(path: Path) -> bool:
    return path.suffix.lower() in (".yaml", ".yml")


def _below(folder: Path, paths: Iterable[Path]) -> tuple[dict[str, str], list[Finding]]:
    return scan_texts({path.relative_to(folder).as_posix(): path for path in sorted(filter(is_yaml, paths))})


def read_texts(paths: Mapping[str, Path]) -> dict[str, str]:
    """The texts of files by name, without byte order marks; raises RulesetFaulty with every file that cannot be read."""
    return _sound_texts(scan_texts(paths))


def scan_texts(paths: Mapping[str, Path]) -> tuple[dict[str, str], list[Finding]]:
    """The texts of files by name, without byte order marks, and those that cannot be read."""
    texts, findings = {}, []
    for name, path in paths.items():
        try:
            if not path.is_file():  # rules must not be left out in silence because a link is broken
                hint = "换成普通的文件，或移走它"
                findings.append(Finding(Place(name, 1, 1), "yaml", "不是普通的文件，而是文件夹、管道或断开的链接", hint))
            elif path.stat().st_size > LARGEST:
                findings.append(Finding(Place(name, 1, 1), "yaml", "文件过大，超过 2 MB", "把规则拆成几个文件"))
            else:
                texts[name] = path.read_bytes().decode("utf-8-sig")
        except UnicodeDecodeError as error:
            before = error.object[: error.start].decode("utf-8")
            line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
            findings.append(Finding(Place(name, line, column), "yaml", "文件不是 UTF-8 编码", "以 UTF-8 另存"))
        except OSError as error:
            findings.append(Finding(Place(name, 1, 1), "yaml", f"读不了文件：{error.strerror}", "检查文件的权限"))
    return texts, findings


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
    dictionary = _dictionary(documents, report)
    if dictionary is None:
        _check_shapes(documents, report)  # a rule checked against half a dictionary would be reported for nothing
        return None
    shape, clauses, words = dictionary
    ruleset = _ruleset(shape, words, documents, files)
    if not report.faulty:
        check_scored(ruleset, Spot(documents[HEAD]), report)
        warn_unread(ruleset, report)
        warn_uncovered(clauses, ruleset, report)
    return ruleset


def _dictionary(
    documents: Mapping[str, Document], report: Report
) -> tuple[RulesetShape, dict[str, tuple[Clause, Spot]], Vocabulary] | None:
    """ruleset.yaml as written, the clauses with where they stand, and what rules may name; None where that has a fault.

    Each file is checked as far as those before it allow.
    """
    clauses = read_clauses(documents[CLAUSES], report) if CLAUSES in documents else {}
    if HEAD not in documents:
        return None
    head, data = Spot(documents[HEAD]), documents[HEAD].data
    shape = shaped(RulesetShape, data, head, report)
    written = data.get("settings", {})
    settings = read_settings(written, head.at("settings"), report) if isinstance(written, dict) else {}
    categories = shape.categories if shape else _names(data.get("categories"))
    free_fields = shape.free_fields if shape else _names(data.get("free_fields"))
    kinds, units = {}, {}
    if FACTS in documents and categories is not None and free_fields is not None:
        kinds = read_kinds(documents[FACTS], free_fields, categories, report)
    if UNITS in documents and categories is not None:
        units = read_units(documents[UNITS], categories, report)
    if shape is None:
        return None
    check_categories(shape, head, report)
    bands = read_bands(shape, head, report)
    if any(_faulty(name, report) for name in _NEEDED):
        return None
    words = Vocabulary(
        year=int(shape.year),
        categories=tuple(shape.categories),
        letters=shape.category_letters,
        free_fields=tuple(shape.free_fields),
        kinds=with_alternatives(shape, read_codes(shape, kinds, head, report)),
        units=units,
        settings=settings,
        bands=bands,
        clauses=None if CLAUSES not in documents or _faulty(CLAUSES, report) else {name: one for name, (one, _) in clauses.items()},
        report=report,
    )
    return shape, clauses, words


def _names(data: Any) -> list[str] | None:
    """A list of names out of a file that is no whole ruleset.yaml; None where it is no such list."""
    return data if isinstance(data, list) and all(isinstance(one, str) and one for one in data) else None


def _faulty(file: str, report: Report) -> bool:
    return any(one.place.file == file and one.level == "error" for one in report.findings)


def _check_shapes(documents: Mapping[str, Document], report: Report) -> None:
    """What of rules and obligations can be judged without the dictionary: their keys, and what these hold."""
    for name, document in documents.items():
        if name == OBLIGATIONS:
            whole, part, each = ObligationsShape, "obligations", ObligationShape
        elif name not in KNOWN:
            whole, part, each = RulesShape, "rules", RuleShape
        else:
            continue
        spot = Spot(document)
        shape = shaped(whole, document.data, spot, report)
        for place, data in enumerate(getattr(shape, part, ())):
            shaped(each, data, spot.at(part, place), report)


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
        if name not in files and not _faulty(name, report):
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
        else:
            documents[name] = document
    return documents
