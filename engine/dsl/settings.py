"""The settings of ruleset.yaml: named values by the month from which they hold."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from engine.dsl.findings import Finding
from engine.dsl.model import Setting
from engine.dsl.report import Report, Spot
from engine.dsl.shapes import DatedShape, shaped

ALWAYS = "0000-01"  # the month from which a value without one holds
MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")
_NAME = re.compile(r"[^\W\d]\w*")
_REVIEW = "review"


def read_settings(data: Mapping[str, Any], spot: Spot, report: Report) -> dict[str, Setting]:
    """Every setting that could be read; `spot` is where they all stand."""
    settings = {}
    for name, written in data.items():
        where = spot.at(name)
        if not _NAME.fullmatch(name):
            report.add(where.key, "bad-value", f"“{name}”不能作名称", "名称以文字开头，只含文字、数字和下划线")
        elif isinstance(written, str) and written:
            settings[name] = Setting(name, ((ALWAYS, written, ""),), place=where.key)
        elif isinstance(written, dict) and written:
            setting = _dated(name, written, where, report)
            if setting:
                settings[name] = setting
        else:
            report.add(where.value, "bad-value", "设置应是一个值，或按月份写的值", "如 {2023-01: {value: 10, source: 附件4}}")
    return settings


def due_reviews(settings: Iterable[Setting], month: str) -> list[Finding]:
    """A warning for every setting whose month of review lies before a month, YYYY-MM."""
    return [
        Finding(one.place, "review-due", f"设置“{one.name}”应在 {one.review} 之前复核", "复核后改写 review，或删去它", "warning")
        for one in settings
        if one.review is not None and one.review < month
    ]


def _dated(name: str, written: Mapping[str, Any], spot: Spot, report: Report) -> Setting | None:
    values, review = [], None
    for since, data in written.items():
        if since == _REVIEW:
            review = data
            if not isinstance(data, str) or not MONTH.fullmatch(data):
                report.add(spot.at(since).value, "bad-value", "review 应为月份", "如 2023-12")
        elif not MONTH.fullmatch(since):
            report.add(spot.at(since).key, "bad-value", f"“{since}”不是月份", "值按起用月份写，如 2023-01")
        elif shape := shaped(DatedShape, data, spot.at(since), report):
            values.append((since, shape.value, shape.source))
    if not values and set(written) <= {_REVIEW}:
        report.add(spot.value, "missing-key", f"设置“{name}”没有值", "如 2023-01: {value: 10, source: 附件4}")
    return Setting(name, tuple(sorted(values)), review, spot.key) if values else None
