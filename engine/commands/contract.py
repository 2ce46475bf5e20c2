"""`notices --context`: what each template receives, for those who write their own."""

from __future__ import annotations

from engine.commands.naming import one_of
from engine.commands.talk import say, say_json, table
from engine.notices.contract import TEMPLATES, parts


def show_context(template: str | None, as_json: bool) -> None:
    """Of one template, or of all."""
    known = {name: name for name in TEMPLATES}
    chosen = [one_of(template, known, "模板", f"可用：{'、'.join(known)}")] if template else list(TEMPLATES)
    if as_json:
        say_json([{"template": name, "page": TEMPLATES[name].__name__, "classes": _told(name)} for name in chosen])
        return
    for name in chosen:
        say(f"{name}：page 是 {TEMPLATES[name].__name__}")
        for part in parts(name) if template else parts(name)[:1]:
            say(f"\n{part.name}（{part.meaning}）")
            table(("字段", "类型", "含义"), ((one.name, one.type, one.meaning) for one in part.fields))
    if not template:
        say(f"其中各类的字段：jifen notices --context 模板，如 {chosen[1]}")


def _told(template: str) -> list[dict[str, object]]:
    return [
        {"class": part.name, "meaning": part.meaning,
         "fields": [{"name": one.name, "type": one.type, "meaning": one.meaning} for one in part.fields]}
        for part in parts(template)
    ]  # fmt: skip
