"""The contract of the templates is told whole: every template, every class, every field, in words."""

from __future__ import annotations

from engine.notices.contract import TEMPLATES, parts
from engine.notices.meanings import CLASSES, FIELDS
from engine.shipped import shipped_folder


def test_every_field_that_a_template_receives_has_a_type_and_a_meaning():
    told = [part for name in TEMPLATES for part in parts(name)]
    assert [f"{part.name}.{one.name}" for part in told for one in part.fields if not one.meaning] == []
    assert [part.name for part in told if not part.meaning] == []


def test_no_meaning_is_left_of_what_is_gone():
    told = {part.name: {one.name for one in part.fields} for name in TEMPLATES for part in parts(name)}
    assert CLASSES.keys() == told.keys()
    names = {name for own in told.values() for name in own} | {f"{one}.{name}" for one, own in told.items() for name in own}
    assert FIELDS.keys() <= names


def test_every_page_that_is_shipped_is_in_it():
    shipped = {path.name for path in shipped_folder("templates").glob("*.*.j2")}
    assert TEMPLATES.keys() == shipped - {"base.html.j2"}


def test_a_maintainer_is_shown_a_template_in_text_and_json(jifen):
    told = jifen("notices", "--context", "letter.html.j2", "--json").json
    assert [one["template"] for one in told] == ["letter.html.j2"]
    page = told[0]["classes"][0]
    assert page["class"] == "LetterPage"
    assert {"name": "near", "type": "TaskRow 的列表", "meaning": "临近到期、尚未完成的任务"} in page["fields"]
    shown = jifen("notices", "--context")
    assert shown.status == 0 and all(name in shown.out for name in TEMPLATES)
    assert jifen("notices", "--context", "leter.html.j2").status == 1
    assert jifen("notices").status == 2
