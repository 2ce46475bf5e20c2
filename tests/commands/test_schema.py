"""`rules schema`: what it writes, what it leaves alone, and who else puts it in place."""

from __future__ import annotations

import json
from fnmatch import fnmatch
from pathlib import Path

import pytest

from engine.dsl.loader import fingerprint, read_folder

NAME = "changzhi-2023"


@pytest.fixture
def settings(workspace) -> Path:
    return workspace / ".vscode" / "settings.json"


def state(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def told(jifen, workspace: Path, *args: object):
    return jifen("-w", workspace, "rules", "schema", "--json", *args)


def test_a_new_workspace_has_everything_and_a_second_time_changes_nothing(jifen, workspace):
    before = state(workspace)
    outcome = jifen("-w", workspace, "rules", "schema")
    assert outcome.status == 0 and "没有改动" in outcome.out and "$schema=.schema/rules.json" in outcome.out
    assert state(workspace) == before
    schemas = {path.stem for path in (workspace / "rulesets" / NAME / ".schema").iterdir()}
    assert schemas == {"ruleset", "facts", "units", "clauses", "rules", "obligations", "derive", "tests"}


def test_every_file_of_the_ruleset_is_given_one_schema(workspace, settings):
    mapping = json.loads(settings.read_text(encoding="utf-8"))["yaml.schemas"]
    folder = workspace / "rulesets" / NAME
    for path in (*folder.glob("*.yaml"), *folder.glob("tests/*.yaml")):
        name = path.relative_to(workspace).as_posix()
        given = [
            schema for schema, globs in mapping.items()
            if any(name.count("/") == one.count("/") and fnmatch(name, one) for one in globs if one[0] != "!")
            and not any(fnmatch(f"!{name}", one) for one in globs if one[0] == "!")
        ]  # fmt: skip
        assert len(given) == (path.name != "sample.yaml"), (name, given)
        assert all((workspace / schema).is_file() for schema in given)


def test_the_ruleset_stays_the_one_that_it_was(jifen, workspace):
    folder = workspace / "rulesets" / NAME
    before = fingerprint(read_folder(folder))
    assert told(jifen, workspace).status == 0
    assert fingerprint(read_folder(folder)) == before


def test_settings_that_stand_are_kept(jifen, workspace, settings):
    settings.write_text('{"editor.fontSize": 14, "yaml.schemas": {"./mine.json": "a.yaml"}}', encoding="utf-8")
    extensions = settings.with_name("extensions.json")
    extensions.write_text('{"recommendations": ["ms-python.python"]}', encoding="utf-8")
    assert told(jifen, workspace).json["written"] == [str(settings), str(extensions)]
    held = json.loads(settings.read_text(encoding="utf-8"))
    assert held["editor.fontSize"] == 14 and held["yaml.schemas"]["./mine.json"] == "a.yaml"
    assert f"./rulesets/{NAME}/.schema/rules.json" in held["yaml.schemas"]
    assert json.loads(extensions.read_text(encoding="utf-8")) == {"recommendations": ["ms-python.python", "redhat.vscode-yaml"]}


@pytest.mark.parametrize("text", ['{\n  // 字号\n  "editor.fontSize": 14\n}\n', "[]", '{"yaml.schemas": null}'])
def test_settings_that_we_cannot_add_to_are_left_and_what_to_add_is_told(jifen, workspace, settings, text):
    settings.write_text(text, encoding="utf-8")
    outcome = jifen("-w", workspace, "rules", "schema")
    assert outcome.status == 0 and settings.read_text(encoding="utf-8") == text
    assert "请自行加上" in outcome.err and f'"./rulesets/{NAME}/.schema/rules.json"' in outcome.err


def test_a_new_fact_is_offered_and_until_then_the_doctor_says_so(jifen, workspace):
    facts = workspace / "rulesets" / NAME / "facts.yaml"
    facts.write_text(
        facts.read_text(encoding="utf-8") + "志愿服务: {time: event, key: [单位, 月份], fields: {单位: unit, 月份: month}}\n", encoding="utf-8"
    )
    assert "编辑器补全：没有，或与规则集不一致——执行 `jifen rules schema`" in jifen("-w", workspace, "doctor").out
    written = {Path(path).name for path in told(jifen, workspace).json["written"]}
    assert {"rules.json", "obligations.json", "tests.json"} <= written and "settings.json" not in written
    assert "志愿服务" in (facts.parent / ".schema" / "rules.json").read_text(encoding="utf-8")
    assert "编辑器补全：与规则集一致" in jifen("-w", workspace, "doctor").out


def test_a_rule_that_is_half_written_does_not_stand_in_the_way(jifen, workspace):
    (workspace / "rulesets" / NAME / "new.yaml").write_text("category: 部门\nrules:\n  - id: D99\n    when: {fact: ", encoding="utf-8")
    assert told(jifen, workspace).json["written"] == []


def test_with_a_faulty_dictionary_the_last_schema_stays(jifen, workspace):
    facts = workspace / "rulesets" / NAME / "facts.yaml"
    facts.write_text(facts.read_text(encoding="utf-8").replace("time: event", "time: evnt", 1), encoding="utf-8")
    before = state(workspace)
    outcome = jifen("-w", workspace, "rules", "schema")
    assert outcome.status == 1 and "facts.yaml:" in outcome.err
    assert state(workspace) == before


def test_a_folder_may_be_named_and_then_nothing_else_is_written(jifen, workspace, tmp_path):
    before = state(workspace)
    outcome = told(jifen, workspace, "-o", tmp_path / "out")
    assert len(outcome.json["written"]) == 8 and outcome.json["unchanged"] == []
    assert state(workspace) == before
    shipped = workspace / "rulesets" / NAME / ".schema"
    assert state(tmp_path / "out") == state(shipped)


def test_the_next_year_has_its_own(jifen, workspace, settings):
    for path in (workspace / "rulesets" / NAME / "tests").iterdir():
        path.unlink()
    assert jifen("-w", workspace, "rules", "new", "changzhi-2024", "--from", NAME).status == 0
    mapping = json.loads(settings.read_text(encoding="utf-8"))["yaml.schemas"]
    assert {schema.split("/")[2] for schema in mapping} == {NAME, "changzhi-2024"}
    assert '"2024-04"' in (workspace / "rulesets" / "changzhi-2024" / ".schema" / "rules.json").read_text(encoding="utf-8")


def test_a_backup_brings_the_schema_back(jifen, workspace, tmp_path):
    assert jifen("-w", workspace, "backup", tmp_path / "b.zip").status == 0
    assert jifen("restore", tmp_path / "b.zip", tmp_path / "again").status == 0
    folder = Path("rulesets") / NAME / ".schema"
    assert state(tmp_path / "again" / folder) == state(workspace / folder)
