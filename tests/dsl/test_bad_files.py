"""Files that nobody should write, and some do: each gets a finding at its place, and none costs more than it is worth."""

import os

import pytest

from engine.dsl.loader import load_ruleset, read_folder, read_tests
from engine.dsl.nodes import read
from engine.errors import RulesetFaulty
from engine.workbench.layout.layout import laid_out

from .conftest import files, rule

REFUSED = {
    "laughs": ("a: &a [x, x]\nb: [*a, *a]\n", 1, 4),
    "alias": ("a: *a\n", 1, 4),
    "tag": ("a:\n  - !!python/object:os.system x\n", 2, 5),
    "deep brackets": ("a: " + "[" * 100_000, 1, 23),
    "deep braces": ("a: " + "{a: " * 100_000, 1, 80),
    "deep dashes": ("- " * 100_000, 1, 41),
    "deep blocks": ("".join(" " * depth + "a:\n" for depth in range(1900)), 21, 21),
    "one line": ("a: " + "x" * 10_000_000, 1, 1),
    "one long text": ("a: b\nc: " + "x" * 1_900_000, 2, 4),
    "many keys": ("".join(f"{key}: 1\n" for key in range(200_000)), 25_000, 8),
    "many items": ("a:\n" + "- b\n" * 400_000, 49_999, 3),
    "zero": ("a: b\0c\n", 1, 5),
    "a line end of YAML's own": ("a: b\nc: d\u2028e\n", 2, 5),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_bomb_is_refused_where_it_begins_by_the_check_and_by_the_layout(name):
    text, line, column = REFUSED[name]
    _, findings = read("x.yaml", text, (dict, list))
    assert [finding.code for finding in findings] == ["yaml"]
    assert (findings[0].place.line, findings[0].place.column) == (line, column)
    assert laid_out("x.yaml", text) == (None, findings)


def test_merge_keys_are_keys_like_any_other():
    findings = load_ruleset(files(departments="category: 部门\nrules: [{<<: {id: D01}}]\n"))[1]
    assert ("unknown-key", "departments.yaml", 2, 10) in [
        (one.code, one.place.file, one.place.line, one.place.column) for one in findings
    ]


def test_every_double_key_is_told_with_its_place():
    findings = read("x.yaml", "a: 1\n" * 20_000)[1]
    assert [finding.place.line for finding in findings] == list(range(2, 20_001))


def test_thousands_of_wrong_names_are_all_told_and_the_first_get_a_hint():
    names = ", ".join(f"市甲{place}" for place in range(40_000))
    text = rule(f"units: [{names}]\nwhen: {{fact: 事项应用}}\npoints: 5")
    findings = [one for one in load_ruleset(files(departments=text))[1] if one.code == "unknown-unit"]
    assert len(findings) == 40_000
    assert findings[0].hint == "是否指“市甲局”？"


def test_a_list_of_thousands_of_values_is_read():
    values = ", ".join(f"值{place}" for place in range(40_000))
    facts = f"大事: {{time: event, key: [单位, 月份], fields: {{单位: unit, 月份: month, 甲: [{values}]}}}}\n"
    _, findings = load_ruleset(files(facts=files()["facts.yaml"] + facts))
    assert [one.code for one in findings if one.level == "error"] == []


@pytest.mark.parametrize(
    ("content", "line", "column"),
    [("category: 部门\n".encode("utf-16"), 1, 1), ("a: b\nc: 部门\n".encode("gbk"), 2, 4), (b"a: b\n" * 500_000, 1, 1)],
)
def test_other_encodings_and_large_files_are_refused_in_the_rules_and_in_the_tests(tmp_path, content, line, column):
    (tmp_path / "tests").mkdir()
    for read_all, name in ((read_folder, "x.yaml"), (read_tests, "tests/x.yaml")):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(RulesetFaulty) as refused:
            read_all(tmp_path)
        (found,) = refused.value.findings
        assert (found.code, found.place.file, found.place.line, found.place.column) == ("yaml", name, line, column)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs pipes")
def test_what_is_no_plain_file_is_told_and_never_waited_for(tmp_path):
    os.mkfifo(tmp_path / "a.yaml")
    (tmp_path / "b.yaml").mkdir()
    (tmp_path / "c.yaml").symlink_to("gone.yaml")
    (tmp_path / "d.yaml").symlink_to("d.yaml")
    (tmp_path / "e.yaml").symlink_to("/dev/zero")
    (tmp_path / "folder").symlink_to(".")
    with pytest.raises(RulesetFaulty) as refused:
        read_folder(tmp_path)
    assert [(one.place.file, one.code) for one in refused.value.findings] == [(f"{name}.yaml", "yaml") for name in "abcde"]
