"""Files: the same bytes from the same book, a city's own templates first, and no half-written month."""

from __future__ import annotations

import pytest

from engine.errors import InputError
from engine.notices.render import render_index
from tests.notices.example import april, render_month


def contents(folder):
    return {file.relative_to(folder): file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file()}


def test_the_same_book_gives_the_same_bytes_and_only_these_files(tmp_path):
    written = render_month(april(), None, tmp_path / "a")
    render_month(april(), tmp_path / "no-such-folder", tmp_path / "b")
    assert contents(tmp_path / "a") == contents(tmp_path / "b")
    assert sorted(written) == sorted(file for file in (tmp_path / "a").rglob("*") if file.is_file())
    assert written[0].name == "index.html"


def test_a_template_of_the_workspace_wins(tmp_path):
    own = tmp_path / "templates"
    own.mkdir()
    (own / "statement.html.j2").write_text("{{ page.unit }} 得 {{ page.points | pts }} 分")
    render_month(april(), own, tmp_path)
    assert (tmp_path / "2023-04" / "得分单" / "市教育局.html").read_text() == "市教育局 得 32.50 分"
    assert "<!doctype html>" in (tmp_path / "2023-04" / "月度通报.html").read_text()


def test_a_partial_of_the_workspace_wins(tmp_path):
    own = tmp_path / "templates"
    own.mkdir()
    (own / "style.css").write_text("body { color: teal }")
    render_month(april(), own, tmp_path)
    render_index([("2023-04", "积分")], tmp_path, own)
    for page in (tmp_path / "2023-04" / "月度通报.html", tmp_path / "index.html"):
        assert "color: teal" in page.read_text()


@pytest.mark.parametrize(
    ("text", "line"),
    [("一\n二 {{ page.无此项 }}", 2), ("\n\n{% if %}", 3), ("{{ 1 / 0 }}", 1), ("\n{% include '没有.j2' %}", 2)],
)
def test_a_broken_template_is_named_with_its_line_and_nothing_is_written(tmp_path, text, line):
    own = tmp_path / "templates"
    own.mkdir()
    (own / "statement.html.j2").write_text(text)
    with pytest.raises(InputError) as raised:
        render_month(april(), own, tmp_path / "out")
    assert f"模板 statement.html.j2 第 {line} 行" in raised.value.what
    assert not (tmp_path / "out").exists()


def test_a_template_cannot_reach_into_the_machine(tmp_path):
    own = tmp_path / "templates"
    own.mkdir()
    (own / "statement.html.j2").write_text("{{ page.__class__.__mro__[1].__subclasses__() }}")
    with pytest.raises(InputError):
        render_month(april(), own, tmp_path / "out")


def test_progress_is_told_to_the_end(tmp_path):
    told = []
    written = render_month(april(), None, tmp_path, lambda done, total: told.append((done, total)))
    assert told[-1] == (len(written), len(written))


def test_an_index_names_only_months_that_have_notices(tmp_path):
    render_index([("2023-03", "积分")], tmp_path)
    assert "还没有" in (tmp_path / "index.html").read_text()
