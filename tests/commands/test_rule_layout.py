"""`rules fmt`: what it writes, what it only tells, and that it writes all or nothing."""

import os
import stat

import pytest

ROUGH = "category: 部门\r\nrules:\r\n- id: D01\r\n  units: [ 甲 ]   # 注\r\n"
NEAT = "category: 部门\nrules:\n  - id: D01\n    units: [甲]  # 注\n"


@pytest.fixture
def folder(tmp_path):
    """Two files, one of them not in the layout."""
    (tmp_path / "below").mkdir()
    (tmp_path / "below" / "rough.yaml").write_bytes(ROUGH.encode())
    (tmp_path / "neat.yaml").write_bytes(NEAT.encode())
    return tmp_path


def test_a_new_workspace_is_in_the_layout(jifen, workspace):
    outcome = jifen("-w", workspace, "rules", "fmt", "--json")
    assert outcome.status == 0 and outcome.json["changed"] == [] and outcome.json["unchanged"] == 20


def test_it_writes_what_is_not_in_the_layout_and_nothing_else(jifen, folder):
    rough, neat = folder / "below" / "rough.yaml", folder / "neat.yaml"
    rough.chmod(0o640)
    before = neat.stat().st_ino
    outcome = jifen("rules", "fmt", folder)
    assert outcome.status == 0 and outcome.out == f"{rough}\n"
    assert rough.read_bytes() == NEAT.encode() and stat.S_IMODE(rough.stat().st_mode) == 0o640
    assert neat.stat().st_ino == before and sorted(os.listdir(folder)) == ["below", "neat.yaml"]
    assert jifen("rules", "fmt", folder).out == ""


@pytest.mark.parametrize(("option", "status"), [("--check", 1), ("--diff", 0)])
def test_asked_only_to_look_it_writes_nothing(jifen, folder, option, status):
    outcome = jifen("rules", "fmt", folder, option)
    assert outcome.status == status
    assert (folder / "below" / "rough.yaml").read_bytes() == ROUGH.encode()
    assert jifen("rules", "fmt", folder / "neat.yaml", option).status == 0
    assert ("+    units: [甲]  # 注" in outcome.out.splitlines()) == (option == "--diff")
    assert "\\t" not in outcome.out


def test_one_faulty_file_and_none_is_written(jifen, folder):
    (folder / "faulty.yaml").write_text("a: 1\na: 2\n")
    outcome = jifen("rules", "fmt", folder, "--json")
    assert outcome.status == 1
    (found,) = outcome.json["findings"]
    assert (found["code"], found["line"], outcome.json["written"]) == ("yaml", 2, False)
    assert (folder / "below" / "rough.yaml").read_bytes() == ROUGH.encode()


def test_a_link_stays_a_link(jifen, folder):
    link = folder / "link.yaml"
    link.symlink_to("below/rough.yaml")
    assert jifen("rules", "fmt", link).status == 0
    assert link.is_symlink() and (folder / "below" / "rough.yaml").read_bytes() == NEAT.encode()


def test_a_path_that_is_not_there_is_told(jifen, folder):
    outcome = jifen("rules", "fmt", folder / "gone.yaml")
    assert outcome.status == 1 and "gone.yaml" in outcome.err


def test_where_there_is_nothing_to_lay_out_is_told(jifen, tmp_path):
    outcome = jifen("rules", "fmt", tmp_path)
    assert (outcome.status, outcome.out) == (1, "") and f"{tmp_path} 里没有要排版的 YAML 文件" in outcome.err


def test_a_sample_script_in_another_encoding_is_told_by_every_command_that_reads_it(jifen, workspace):
    sample = workspace / "rulesets" / "changzhi-2023" / "sample.yaml"
    sample.write_bytes("seed: 1\n词: 部门\n".encode("gbk"))
    for command in (("fmt",), ("new", "changzhi-2024", "--from", "changzhi-2023")):
        outcome = jifen("-w", workspace, "rules", *command)
        assert outcome.status == 1 and "sample.yaml:2:1: 错误 yaml 文件不是 UTF-8 编码" in outcome.err
