"""Reads .csv and .jsonl. Their texts are taken as they stand: no number of a text file ever becomes a float."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from pathlib import PurePath
from string import ascii_uppercase

from engine.dsl.model import Kind
from engine.intake.faults import Fault, Told, about_file
from engine.intake.sheets import MOST_BYTES, MOST_ROWS, Cell, Held, Row, Shape, Sheet
from engine.intake.tabular import Grid, sheet_of

_KIND = "fact"
_LETTERS = (*ascii_uppercase, *(one + two for one in ascii_uppercase for two in ascii_uppercase))
_SEPARATORS = {";": "分号", "\t": "制表符"}


def read_csv(
    file: str, content: bytes, kinds: Mapping[str, Kind], told: Told, named: str | None = None
) -> Iterator[Sheet]:
    """The one sheet of a comma-separated file, in UTF-8 or GBK; its stem is the fact kind, where that is not `named`."""
    text = _decoded(file, content, ("utf-8-sig", "gb18030"), "UTF-8 或 GBK", told)
    if text is None:
        return
    title = named or PurePath(file).stem.strip()
    kind = kinds.get(title)
    heading = text.lstrip().partition("\n")[0]
    for sign, name in _SEPARATORS.items():
        if "," not in heading and kind is not None and len({part.strip() for part in heading.split(sign)} & set(kind.fields)) > 1:
            message = f"各列以{name}分隔，应以逗号分隔；在 Excel 中另存为“CSV UTF-8（逗号分隔）”"
            told.faults.append(about_file(file, "unreadable-file", message))
            return
    sheet = sheet_of(file, None, kind, title, _grid(file, text, told), told, content.count(b"\n"))
    if sheet is not None:
        yield sheet


def _grid(file: str, text: str, told: Told) -> Grid:
    lines = csv.reader(io.StringIO(text, newline=""), strict=True)
    number = 1
    try:
        for values in lines:
            if len(values) > len(_LETTERS):
                told.faults.append(about_file(file, "too-large", f"第 {number} 行有 {len(values)} 列，至多 {len(_LETTERS)} 列"))
                return
            yield number, dict(zip(_LETTERS, values))
            number = lines.line_num + 1
    except csv.Error as error:
        message = f"第 {number} 行起不合 CSV 格式（双引号未成对，或行太长）：{error}"
        told.faults.append(Fault(file, None, number, None, None, None, "unreadable-file", message))


def read_jsonl(file: str, content: bytes, told: Told) -> Iterator[Sheet]:
    """One fact a line: an object of its fields, and under "fact" its kind. A sheet for each kind that is named."""
    text = _decoded(file, content, ("utf-8-sig",), "UTF-8", told)
    if text is None:
        return
    by_kind: dict[str, list[Row]] = {}
    # Not splitlines(): a JSON string may hold U+2028, which ends no line of the file.
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        if number > MOST_ROWS:
            told.faults.append(about_file(file, "too-large", f"超过 {MOST_ROWS} 行，应分成几个文件"))
            break
        try:
            kind, row = _fact(number, line)
        except _BadLine as bad:
            told.faults.append(Fault(file, None, number, None, None, None, bad.code, str(bad)))
            continue
        by_kind.setdefault(kind, []).append(row)
    for kind, rows in by_kind.items():
        yield Sheet(file, None, kind, None, rows, expected=len(rows))


class _BadLine(ValueError):
    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class _Number(str):
    """A number of JSON, by its digits as written."""


def _fact(number: int, line: str) -> tuple[str, Row]:
    try:
        found = json.loads(
            line, parse_float=_Number, parse_int=_Number, parse_constant=_no_constant, object_pairs_hook=_once_each
        )
    except (json.JSONDecodeError, RecursionError) as error:
        message = f"这一行不是 JSON：{error}" if isinstance(error, json.JSONDecodeError) else "这一行的 JSON 嵌套太深"
        raise _BadLine("bad-json", message) from None
    if not isinstance(found, dict):
        raise _BadLine("bad-json", '应为一个对象，如 {"fact": 事实类型, 字段: 值}')
    if "\\ud" in line.lower() and not _writable(found):
        raise _BadLine("bad-value", "含有半个字符（\\ud800 一类的转义不成对），应重新填写")
    kind = found.pop(_KIND, None)
    if not isinstance(kind, str) or isinstance(kind, _Number) or not kind.strip():
        raise _BadLine("unknown-kind", '应以 "fact" 写明事实类型')
    return kind.strip(), Row(number, {name.strip(): _cell(name, value) for name, value in found.items()})


def _writable(found: object) -> bool:
    """Whether every text can be stored and shown: half a surrogate pair is no character in any encoding."""
    try:
        json.dumps(found, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True


def _cell(name: str, value: object) -> Held:
    if value is None:
        return ""
    if isinstance(value, bool):
        return Cell("true" if value else "false", shape=Shape.BOOLEAN)
    if not isinstance(value, str):
        raise _BadLine("bad-value", f"“{name}”应为一个值，不能是列表或对象")
    return str(value)


def _once_each(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len({name.strip() for name in found}) != len(pairs):
        raise _BadLine("duplicate-field", "同一字段在这一行写了两次")
    return found


def _no_constant(name: str) -> object:
    raise _BadLine("bad-value", f"{name} 不是数")


def _decoded(file: str, content: bytes, encodings: tuple[str, ...], named: str, told: Told) -> str | None:
    """The text in the first encoding that fits strictly; other East Asian codecs read GBK as nonsense without an error."""
    if len(content) > MOST_BYTES:
        told.faults.append(about_file(file, "too-large", f"超过 {MOST_BYTES // 1024 // 1024} MB，应分成几个文件"))
        return None
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    told.faults.append(about_file(file, "bad-encoding", f"不是 {named} 编码的文本；应另存为 UTF-8"))
    return None
