"""What the codes of the check mean: one on a terminal, all of them as docs/findings.md (`python -m engine.commands.code_view`)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from engine.commands.finding_view import LEVELS, marked
from engine.dsl.codes import MARK, Code, codes

_PARTS = {
    "rule": "规则文件里的一条规则", "setting": "ruleset.yaml 的 settings", "facts": "facts.yaml", "units": "units.yaml",
    "clauses": "clauses.yaml", "tests": "tests/ 里的规则测试", "file": "一个规则文件",
}  # fmt: skip


def plain(example: str) -> str:
    """An example without its mark."""
    return example.replace(MARK, "")


def explained(code: Code) -> str:
    """One code for a terminal, with carets in the bad example where the check would put them."""
    return "\n".join([
        f"{code.name}（{LEVELS[code.level][0]}）：{code.what}",
        code.why,
        "",
        "不对：",
        *(f"    {line}" for line in _pointed(code.bad)),
        "",
        "对：",
        *(f"    {line}" for line in _fragments(code.good)),
    ])  # fmt: skip


def page() -> str:
    """All codes as docs/findings.md."""
    rows = "".join(f"| [`{one.name}`](#{one.name}) | {LEVELS[one.level][0]} | {one.what} |\n" for one in codes().values())
    return "\n".join([_INTRODUCTION + rows, *map(_section, codes().values())])


_INTRODUCTION = """\
# 规则检查的代码

`jifen rules check` 的每一条都有一个不变的代码；`jifen rules check --explain CODE` 显示下面的一节。
错误（error）不改正就不能计分；提醒（warning）不妨碍计分，`--strict` 时也以 1 退出。
这一页由 `engine/dsl/codes.yaml` 生成，不要直接改它。

提醒确有理由的，在规则里写 `allow: {代码: 理由}`，不再逐条提，只在末行计数。它只管写在这条规则 `id` 处的提醒；
错误不能这样略过，没有理由的、略不掉任何提醒的 `allow` 会被指出。

| 代码 | 级别 | 说明 |
|---|---|---|
"""


def _section(code: Code) -> str:
    bad, good = "\n".join(_pointed(code.bad, "# ")), "\n".join(_fragments(code.good))
    return f"## {code.name}\n\n{code.what}{code.why}\n\n不对：\n\n```yaml\n{bad}\n```\n\n对：\n\n```yaml\n{good}\n```\n"


def _fragments(example: Mapping[str, str]) -> Iterator[str]:
    for part, text in example.items():
        yield f"# {_PARTS[part]}"
        yield from plain(text).splitlines()


def _pointed(example: Mapping[str, str], comment: str = "") -> Iterator[str]:
    """The lines of a bad example, and under the marked one carets; behind `comment`, if the lines are to stay YAML."""
    for part, text in example.items():
        yield f"# {_PARTS[part]}"
        for line in text.splitlines():
            before, mark, _ = line.partition(MARK)
            yield plain(line)
            if mark:
                carets = marked(plain(line), len(before) + 1, 200)[1]
                yield _commented(carets, comment)


def _commented(carets: str, comment: str) -> str:
    """Carets as a comment: they keep their column where there is room for the sign before them."""
    indent = len(carets) - len(carets.lstrip())
    return comment + carets[len(comment) :] if indent >= len(comment) else f"{comment}{carets.lstrip()}"


if __name__ == "__main__":
    print(page(), end="")
