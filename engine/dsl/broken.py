"""A text that is no YAML, as its writer is told of it: the line to look at, and in words of the house, not the parser's."""

from __future__ import annotations

import re

import yaml

from engine.dsl.findings import Finding, Place

_HINT = "检查缩进、冒号、引号和括号"
_WORDS = {
    "could not find expected ':'": "这里像是一个键，后面没有半角冒号和空格",
    "mapping values are not allowed in this context": "这里不能再有冒号",
    "did not find expected ',' or '}'": "花括号里少了逗号，或没有用 } 收尾",
    "did not find expected ',' or ']'": "方括号里少了逗号，或没有用 ] 收尾",
    "did not find expected '-' indicator": "缩进与列表对不上，这里应是“- ”",
    "block sequence entries are not allowed in this context": "列表的“- ”不能写在这里",
    "did not find expected key": "这里应是一个键：引号、括号可能已经收尾，或缩进对不上",
    "did not find expected node content": "这里应有内容：括号、逗号可能不成对",
    "found character that cannot start any token": "这个字符不能用在开头",
    "found a tab character that violates indentation": "缩进不能用制表符",
    "found a tab character where an indentation space is expected": "缩进不能用制表符",
    "found unexpected end of stream": "引号没有收尾",
    "found unexpected document indicator": "引号没有收尾，就遇到了 --- 或 ...",
    "found unknown escape character": "双引号里不认识的 \\ 转义",
    "did not find expected <document start>": "前面的内容已经结束，这里不能再有",
}
_FROM_THE_START = ("while scanning a simple key", "while scanning a quoted scalar")  # where it ends says nothing
_WIDE = re.compile(r"[：，｛｝［］“”]")


def broken(file: str, text: str, error: yaml.MarkedYAMLError) -> Finding:
    began = error.context in _FROM_THE_START and "escape" not in str(error.problem)
    mark = (error.context_mark if began else None) or error.problem_mark or error.context_mark
    if mark is None:
        return Finding(Place(file, 1, 1), "yaml", f"不是合法的 YAML：{error.problem}", _HINT)
    rest = text[mark.index :].split("\n", 1)[0]
    message, hint = _WORDS.get(error.problem, error.problem), _HINT
    if rest.startswith("\t"):
        message, hint = "缩进不能用制表符", "换成空格"
    elif error.problem == "found character that cannot start any token":
        hint = f"以“{rest[:1]}”开头的文字加引号"
    elif wide := _WIDE.search(rest):
        hint = f"这里有全角的“{wide[0]}”；YAML 的标点用半角，冒号后面空一格"
    return Finding(Place(file, mark.line + 1, mark.column + 1), "yaml", f"不是合法的 YAML：{message}", hint)
