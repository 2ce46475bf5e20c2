"""The one layout: what it changes, and that data and comments stay."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.dsl.loader import load_ruleset, read_folder
from engine.dsl.nodes import read
from engine.workbench.layout.layout import laid_out
from engine.workbench.layout.marks import marked

SHIPPED = Path(__file__).parents[2] / "rulesets/changzhi-2023"

LAID_OUT = {
    "indents, spaces, line ends and a byte order mark": (
        "\ufeffrules:\r\n- id:   D01\r\n  units: [ 甲,乙 ]   \r\n  when: {fact: 甲,where: { 乙: 1.10 } }",
        "rules:\n  - id: D01\n    units: [甲, 乙]\n    when: {fact: 甲, where: {乙: 1.10}}\n",
    ),
    "one blank line between rules, behind what a comment says of the rule before": (
        "rules:\n\n  - id: D01\n    # 上一条\n  # 二、\n  - id: D02\n\n\n\n  - id: D03\n\n\n",
        "rules:\n  - id: D01\n    # 上一条\n\n  # 二、\n  - id: D02\n\n  - id: D03\n",
    ),
    "quotes of one kind, but where that would need an escape": (
        "a: '1.10'\nb: 'it''s'\nc: '\"'\nd: '\\'\n",
        "a: \"1.10\"\nb: 'it''s'\nc: '\"'\nd: '\\'\n",
    ),
    "scalars as they are written": (
        "a:  0123\nb:   no\nc:  12:30\nd: ~\ne:\nf: 2023-04 # 月\n",
        "a: 0123\nb: no\nc: 12:30\nd: ~\ne:\nf: 2023-04  # 月\n",
    ),
    "comments within brackets": (
        "a: [\n  1, # 一\n  # 中\n  2 # 二\n  ] # 后\n",
        "a: [\n  1,  # 一\n  # 中\n  2  # 二\n]  # 后\n",
    ),
    "brackets over several lines": ("a: {b: 1,\n    c: [2,\n  3]}\n", "a: {b: 1, c: [2, 3]}\n"),
    "comments of a key, a dash and the end": (
        "a: # 键\n    # 下\n  - # 项\n    b: 1\n# 完\n",
        "a:  # 键\n  # 下\n  -  # 项\n    b: 1\n# 完\n",
    ),
    "the columns of a table, where a row was added": (
        "甲:     {time: event,   key: [a]}\n甲乙丙: {time: monthly, key: [a]}\n乙:     {time: state,   key: [a]}\n丁: {time: event, key: [b]}\n",
        "甲:     {time: event,   key: [a]}\n甲乙丙: {time: monthly, key: [a]}\n乙:     {time: state,   key: [a]}\n丁:     {time: event,   key: [b]}\n",
    ),
    "no columns for one space too many": ("a: {b: 1}\nbcd:  {b: 1}\ncd: {b: 1}\n", "a: {b: 1}\nbcd: {b: 1}\ncd: {b: 1}\n"),
    "no columns for brackets on a line below": (
        "- name: 甲\n  settings: {a: 1}\n  tasks:\n    {b: 2}\n",
        "- name: 甲\n  settings: {a: 1}\n  tasks: {b: 2}\n",
    ),
    "texts of several lines": (
        "a: |\n    x\n      # 不是注释\nb: >-\n   y\nc: 一\n     二\nd: \"三\n  四\"\n",
        "a: |\n  x\n    # 不是注释\nb: >-\n  y\nc: 一\n  二\nd: \"三\n  四\"\n",
    ),
    "directives and document marks": ("--- # 头\na:  1\n...\n", "# 头\na: 1\n"),
}


@pytest.mark.parametrize("what", LAID_OUT)
def test_the_layout_of(what):
    before, after = LAID_OUT[what]
    assert laid_out("x.yaml", before) == (after, [])
    assert laid_out("x.yaml", after) == (after, [])


@pytest.mark.parametrize("path", sorted(SHIPPED.rglob("*.yaml")), ids=lambda path: path.name)
def test_the_shipped_files_are_in_the_layout(path):
    text = path.read_text(encoding="utf-8")
    assert laid_out(path.name, text) == (text, [])


def test_the_findings_of_a_ruleset_are_the_same_after_the_layout():
    files = read_folder(SHIPPED)
    files["departments.yaml"] = files["departments.yaml"].replace("    units: all\n", "    units:  [市发改 ,all]\n").replace("\n\n", "\n")
    fresh = {name: laid_out(name, text)[0] for name, text in files.items()}
    told = [[(one.code, one.message) for one in load_ruleset(each)[1]] for each in (files, fresh)]
    assert fresh != files and told[0] == told[1] != []


PIECES = [
    "a", "否", "1.10", "key: ", "b:", "- ", "? ", ": ", ", ", "[", "]", "{", "}", "# 注\n", " # 旁\n", "\n", "\n\n", "  ", "    ", "\t",
    "'q'", '"w"', "'it''s'", '"e\\n"', "'m\n  n'", '"m \\\n n"', "p\n   r", "|\n", "|2\n", ">-\n", "|+\n", "  t\n", "\r\n", "---\n", "...\n",
]  # fmt: skip
SEEDS = [
    "rules:\n  - id: x\n    when: {a: b, c: [d, e]}\n  # 二\n  - id: y\n    units: all\n",
    "- a: 1\n  b: [x, {y: z}]\n- c\n",
    "k:   {a: b, c: d}\nkk:  {a: b, c: dd}\nkkk: {a: bb, c: d}\n",
    "a: [\n  1, # 一\n  {b: c},\n]\nb: |\n  x\n   y\n\nc: 'd\n  e'\n",
]


@st.composite
def texts(draw):
    """A small file, with pieces put in and letters cut out at any place."""
    text = draw(st.sampled_from(["", *SEEDS]))
    for piece in draw(st.lists(st.sampled_from(PIECES), max_size=10)):
        at = draw(st.integers(0, len(text)))
        text = text[:at] + piece + text[at + draw(st.integers(0, 2)) :]
    return text


@given(texts())
@settings(deadline=None, max_examples=500)
def test_whatever_is_read_keeps_its_data_and_comments_and_is_laid_out_once(text):
    before, findings = read("x.yaml", text, (dict, list))
    fresh, told = laid_out("x.yaml", text)
    assert told == findings
    if fresh is not None:
        comments = [sorted(one.text for one in marked(each).tokens if one.kind == "comment") for each in (text, fresh)]
        assert read("x.yaml", fresh, (dict, list))[0].data == before.data
        assert comments[0] == comments[1]
        assert laid_out("x.yaml", fresh) == (fresh, [])
