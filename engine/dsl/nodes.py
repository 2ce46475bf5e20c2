"""YAML texts to plain data that remembers where each part stands.

Every scalar stays the text it is written as, so that 1.10, 否, 12:30 and 0123 keep their form; the dictionary types
them. Only mappings, lists and scalars: no anchors, aliases or tags, so a text cannot grow beyond its own size.
The events of libyaml are read one by one and the reading stops at the first that is refused.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

import yaml

from engine.dsl.broken import broken
from engine.dsl.findings import Finding, Place

LARGEST = 2_000_000  # bytes of one file
_DEEPEST = 20
_MOST = 50_000  # keys, values and lists of one file; the longest of a whole city has some 3,000
_LONGEST = 5_000  # characters of one text: what is meant for people ends far before, and a finding quotes it
# Beside the control characters the line ends that only YAML knows: no editor counts its lines by them.
_UNREADABLE = re.compile(f"{yaml.reader.Reader.NON_PRINTABLE.pattern}|[\x85\u2028\u2029]")

Data = dict[str, "Data"] | list["Data"] | str
Path = tuple[str | int, ...]


@dataclass
class Document:
    """One file: its data, and the place of every value and every key by path."""

    file: str
    data: dict[str, Data] | list[Data] = field(default_factory=dict)
    values: dict[Path, Place] = field(default_factory=dict)
    keys: dict[Path, Place] = field(default_factory=dict)
    texts: dict[Path, Place] = field(default_factory=dict)  # the first letter of each that is written as it is read

    def place(self, *path: str | int) -> Place:
        """Where the value at a path begins; of a path that is not there, its nearest parent."""
        return _found(self.values, path) or Place(self.file, 1, 1)

    def key(self, *path: str | int) -> Place:
        """Where the key at a path stands; the value's place where the path ends in a list."""
        return self.keys.get(path) or self.place(*path)

    def letters(self, path: Path, start: int, count: int) -> Place:
        """Where some letters of the text at a path stand; the whole text where it is not written as it is read."""
        first = self.texts.get(path)
        return Place(first.file, first.line, first.column + start, count) if first else self.place(*path)


def _found(places: Mapping[Path, Place], path: Path) -> Place | None:
    while path and path not in places:
        path = path[:-1]
    return places.get(path)


class _Refused(Exception):
    def __init__(self, line: int, column: int, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.line, self.column, self.message, self.hint = line, column, message, hint


@dataclass
class _Open:
    """A mapping or list that is being read, and in a mapping the key that waits for its value."""

    node: dict[str, Data] | list[Data]
    path: Path
    key: str | None = None


def read(file: str, text: str, top: type | tuple[type, ...] = dict) -> tuple[Document | None, list[Finding]]:
    """A file's data with its places, or None and why it cannot be read; `top` is what may stand outermost: dict, list."""
    reader = _Reader(file)
    try:
        _readable(text)
        for event in yaml.parse(text, Loader=yaml.CSafeLoader):
            reader.take(event)
        if not isinstance(reader.top, top):
            outermost = "以“- ”开头的列表" if top is list else "“键: 值”"
            raise _Refused(1, 1, f"文件最外层应是{outermost}", "按规则语言的说明书写")
    except yaml.MarkedYAMLError as error:
        return None, [broken(file, text, error)]
    except _Refused as refused:
        place = Place(file, refused.line, refused.column)
        return None, [*reader.findings, Finding(place, "yaml", refused.message, refused.hint)]
    reader.document.data = reader.top
    return (None if reader.findings else reader.document), reader.findings


def _readable(text: str) -> None:
    # A text has at least as many bytes as characters, so the cheap test comes first.
    if len(text) > LARGEST or len(text.encode("utf-8", "replace")) > LARGEST:
        raise _Refused(1, 1, "文件过大，超过 2 MB", "把规则拆成几个文件")
    unreadable = _UNREADABLE.search(text)
    if unreadable:
        before = text[: unreadable.start()]
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        raise _Refused(line, column, "文件里有不可见的控制字符", "删去该字符，以 UTF-8 保存")


class _Reader:
    """Builds the data from libyaml's events with a stack of its own: no recursion, whatever the file holds."""

    def __init__(self, file: str) -> None:
        self.document = Document(file)
        self.findings: list[Finding] = []
        self.top: Data | None = None
        self._open: list[_Open] = []
        self._count = 0

    def take(self, event: yaml.Event) -> None:
        line, column = event.start_mark.line + 1, event.start_mark.column + 1
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise _Refused(line, column, "不能用锚点（&）和别名（*）", "把内容写全；以 & 或 * 开头的文字加引号")
        if getattr(event, "tag", None):
            raise _Refused(line, column, "不能用标签（!）", "以 ! 开头的文字加引号")
        if isinstance(event, yaml.DocumentStartEvent) and self.top is not None:
            raise _Refused(line, column, "一个文件只能有一份内容", "删去多余的 ---")
        if isinstance(event, yaml.NodeEvent):
            self._count += 1
            if self._count > _MOST:
                raise _Refused(line, column, f"文件里的键和值超过 {_MOST} 个", "把文件拆成几个")
        if isinstance(event, yaml.ScalarEvent):
            if len(event.value) > _LONGEST:
                raise _Refused(line, column, f"一处文字超过 {_LONGEST} 个字", "检查是否漏了引号或换行")
            self._scalar(event, Place(self.document.file, line, column))
        elif isinstance(event, yaml.CollectionStartEvent):
            if len(self._open) == _DEEPEST:
                raise _Refused(line, column, f"嵌套超过 {_DEEPEST} 层")
            node = {} if isinstance(event, yaml.MappingStartEvent) else []
            self._open.append(_Open(node, self._add(node, Place(self.document.file, line, column))))
        elif isinstance(event, yaml.CollectionEndEvent):
            self._open.pop()

    def _scalar(self, event: yaml.ScalarEvent, place: Place) -> None:
        text = event.value
        parent = self._open[-1] if self._open else None
        if parent is None or isinstance(parent.node, list) or parent.key is not None:
            path, quotes = self._add(text, place), 2 * (event.style in ("'", '"'))
            if event.start_mark.line == event.end_mark.line and event.end_mark.column - event.start_mark.column == len(text) + quotes:
                self.document.texts[path] = Place(place.file, place.line, place.column + quotes // 2)
            return
        if text in parent.node:
            self.findings.append(Finding(place, "yaml", f"键“{text}”重复", "同一处每个键只写一次"))
        else:
            self.document.keys[(*parent.path, text)] = place
        parent.key = text

    def _add(self, value: Data, place: Place) -> Path:
        """Puts a value where it belongs and gives its path."""
        if not self._open:
            self.top = value
            self.document.values[()] = place
            return ()
        parent = self._open[-1]
        if isinstance(parent.node, list):
            path = (*parent.path, len(parent.node))
            parent.node.append(value)
        elif parent.key is None:
            raise _Refused(place.line, place.column, "键应是文字，不能是列表或映射", "含括号的键加引号")
        else:
            path = (*parent.path, parent.key)
            parent.node[parent.key] = value
            parent.key = None
        self.document.values[path] = place
        return path
