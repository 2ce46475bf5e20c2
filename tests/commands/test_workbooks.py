"""A month's workbooks and its archive: every number the ledger's, every entry its origin, and the same bytes each time."""

import csv
import hashlib
import io
import subprocess
import zipfile
from decimal import Decimal

import openpyxl
import pytest

from tests.annual import COUNTY, copied

MONTH = "2023-06"


@pytest.fixture(scope="module")
def work(scored, tmp_path_factory):
    return copied(scored, tmp_path_factory.mktemp("workbooks"))


def rows(sheet) -> list[dict[str, object]]:
    head, *others = sheet.iter_rows(values_only=True)
    return [dict(zip(head, one, strict=True)) for one in others]


def standings_book(jifen, work, path):
    assert jifen("-w", work, "standings", MONTH, "--format", "xlsx", "-o", path).status == 0
    return openpyxl.load_workbook(path)


def test_the_ranks_are_those_of_the_command_and_the_entries_add_up_to_them(jifen, work, tmp_path):
    book = standings_book(jifen, work, tmp_path / "名次.xlsx")
    told = jifen("-w", work, "standings", MONTH, "--json").json
    ranks = rows(book["名次"])
    assert [(one["类别"], one["单位"], f"{one['本月积分']:.2f}", f"{one['累计积分']:.2f}", one["名次"], one["累计名次"]) for one in ranks] == [
        (one["category"], one["unit"], one["month_points"], one["total_points"], one["month_rank"], one["total_rank"]) for one in told
    ]
    sums = {one["单位"]: Decimal(0) for one in ranks}
    for one in rows(book["分录"]):
        sums[one["单位"]] += Decimal(str(one["计分"]))
    assert sums == {one["unit"]: Decimal(one["month_points"]) for one in told}
    for category in ("部门", "县区"):
        for one in rows(book[category]):
            own = [Decimal(str(value)) for name, value in one.items() if name not in ("名次", "单位", "本月积分") and value is not None]
            assert sum(own) == Decimal(str(one["本月积分"]))


def test_an_entry_names_rule_clause_words_and_the_row_it_came_from(jifen, work, tmp_path):
    book = standings_book(jifen, work, tmp_path / "名次.xlsx")
    (entry,) = [one for one in rows(book["分录"]) if one["单位"] == COUNTY]
    assert entry["规则"].startswith("C") and entry["条款"].startswith("附件4") and "联办" in entry["说明"]
    assert (entry["文件"], entry["行"]) == ("典型经验.csv", 3)


def test_every_sheet_has_a_fixed_head_filters_and_numbers_with_two_decimals(jifen, work, tmp_path):
    book = standings_book(jifen, work, tmp_path / "名次.xlsx")
    assert book.sheetnames == ["名次", "部门", "县区", "分录"]
    for sheet in book:
        assert sheet.freeze_panes.endswith("2") and sheet.auto_filter.ref
    assert {cell.number_format for cell in book["名次"]["F"][1:]} == {"0.00"}


def test_the_ledgers_workbook_has_the_origin_of_every_entry(jifen, work, tmp_path):
    path = tmp_path / "分录.xlsx"
    assert jifen("-w", work, "ledger", "--unit", COUNTY, "--format", "xlsx", "-o", path).status == 0
    sheet = openpyxl.load_workbook(path)["分录"]
    (entry,) = rows(sheet)
    assert entry["file"].endswith("典型经验.csv") and entry["row"] == 3 and entry["points"] == 50
    assert sheet.freeze_panes == "A2" and sheet["G2"].number_format == "0.00"
    head = next(csv.reader(io.StringIO(jifen("-w", work, "ledger", "--format", "csv").out)))
    assert head == "entry,batch,posted_at,period,unit,rule,points,kind,fact,reason".split(",")


@pytest.mark.parametrize("command", [("standings", MONTH), ("ledger", "--month", MONTH)])
def test_a_workbook_is_the_same_bytes_each_time(jifen, work, tmp_path, command):
    made = []
    for name in ("一.xlsx", "二.xlsx"):
        assert jifen("-w", work, *command, "--format", "xlsx", "-o", tmp_path / name).status == 0
        made.append((tmp_path / name).read_bytes())
    assert made[0] == made[1]


@pytest.mark.parametrize("words", [("--format", "xlsx"), ("-o", "a.xlsx"), ("--format", "csv")])
def test_standings_tell_a_wrong_use(jifen, work, words):
    assert jifen("-w", work, "standings", MONTH, *words).status == 2


def archived(jifen, workspace, path, month=MONTH) -> zipfile.ZipFile:
    done = jifen("-w", workspace, "archive", month, "-o", path, "--json")
    assert done.status == 0, done.err
    assert done.json["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
    return zipfile.ZipFile(path)


def test_an_archive_is_checked_by_sha256sum_and_is_the_same_bytes_each_time(jifen, work, tmp_path):
    first, second = tmp_path / "一.zip", tmp_path / "二.zip"
    archived(jifen, work, first).extractall(tmp_path / "out")
    checked = subprocess.run(["sha256sum", "-c", "SHA256SUMS"], cwd=tmp_path / "out", capture_output=True, text=True)
    assert checked.returncode == 0, checked.stderr
    listed = {line.split("  ", 1)[1] for line in (tmp_path / "out/SHA256SUMS").read_text(encoding="utf-8").splitlines()}
    there = {path.relative_to(tmp_path / "out").as_posix() for path in (tmp_path / "out").rglob("*") if path.is_file()}
    assert there == listed | {"SHA256SUMS"}
    archived(jifen, work, second)
    assert first.read_bytes() == second.read_bytes()


def test_it_holds_notices_workbooks_rules_and_the_files_that_brought_the_facts(jifen, work, tmp_path):
    with archived(jifen, work, tmp_path / "a.zip") as archive:
        names = archive.namelist()
        listing = list(csv.DictReader(io.StringIO(archive.read("清单.csv").decode("utf-8-sig"))))
        rules = archive.read("规则集/changzhi-2023/ruleset.yaml").decode()
    assert names == sorted(names)
    assert {"通报/月度通报.html", f"通报/得分单/{COUNTY}.html", "名次.xlsx", "分录.xlsx"} <= set(names)
    assert [one["文件"] for one in listing] == ["典型经验.csv"]
    brought = jifen("-w", work, "imports", "--json").json
    digests = {file["sha256"] for one in brought for file in one["files"] if file["name"].endswith("典型经验.csv")}
    assert {one["SHA-256"] for one in listing} == digests
    assert rules == (work / "rulesets/changzhi-2023/ruleset.yaml").read_text(encoding="utf-8")


def test_a_drafts_archive_is_marked_in_its_name(jifen, work, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    assert jifen("-w", work, "archive", MONTH).status == 0
    assert (tmp_path / f"{MONTH}-征求意见稿.zip").is_file()


def test_a_month_that_is_not_posted_has_no_archive(jifen, work, tmp_path):
    done = jifen("-w", work, "archive", "2024-01", "-o", tmp_path / "a.zip")
    assert done.status == 1 and "2024-01 尚未计分" in done.err and not (tmp_path / "a.zip").exists()


@pytest.fixture
def issued(jifen, workspace, sheet):
    """A month that was issued and then corrected."""
    case = {"单位": COUNTY, "月份": "2023-01", "编号": "一"}
    assert jifen("-w", workspace, "run", "2023-01", "--from", sheet("双公示异议", {**case, "及时处理": "否"})).status == 0
    assert jifen("-w", workspace, "close", "2023-01", "--number", "长发改信用〔2023〕1号", "--date", "2023-02-08").status == 0
    late = sheet("双公示异议", {**case, "及时处理": "是"}, folder="late")
    assert jifen("-w", workspace, "import", late, "--correction", "补报").status == 0
    assert jifen("-w", workspace, "correct", "2023-01", "--reason", "补报").status == 0
    return workspace


def test_a_closed_month_is_kept_as_issued_with_the_correction_that_came_since(jifen, issued, tmp_path):
    with archived(jifen, issued, tmp_path / "a.zip", "2023-01") as archive:
        notice = archive.read("通报/月度通报.html").decode()
        assert "通报/更正通报-1.html" in archive.namelist()
    assert "长发改信用〔2023〕1号" in notice and "本月结果已更正" in notice
    assert notice == (issued / "notices/2023-01/月度通报.html").read_text(encoding="utf-8")


def test_no_document_is_made_that_would_differ_from_the_notice_as_issued(jifen, issued):
    done = jifen("-w", issued, "notices", "2023-01", "--docx", "--pdf")
    assert done.status == 1 and "更正" in done.err
    assert not list((issued / "notices/2023-01").rglob("*.pdf"))
    assert not (issued / "notices/2023-01/月度通报.docx").exists()


def test_nor_where_a_month_before_it_was_corrected_which_its_sums_count(jifen, workspace, sheet):
    case = {"单位": COUNTY, "月份": "2023-01", "编号": "一"}
    assert jifen("-w", workspace, "run", "2023-01", "--from", sheet("双公示异议", {**case, "及时处理": "否"})).status == 0
    for month, number in (("2023-01", "1"), ("2023-02", "2")):
        assert jifen("-w", workspace, "run", month).status == 0
        assert jifen("-w", workspace, "close", month, "--number", f"长发改信用〔2023〕{number}号").status == 0
    assert jifen("-w", workspace, "notices", "2023-02", "--docx").status == 0
    late = sheet("双公示异议", {**case, "及时处理": "是"}, folder="late")
    assert jifen("-w", workspace, "import", late, "--correction", "补报").status == 0
    assert jifen("-w", workspace, "correct", "2023-01", "--reason", "补报").status == 0
    done = jifen("-w", workspace, "notices", "2023-02", "--docx")
    assert done.status == 1 and "更正" in done.err
