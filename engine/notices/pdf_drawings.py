"""Drawings for WeasyPrint, which draws an SVG by the styles inside of it alone: the page's rules for drawings go into each."""

from __future__ import annotations

import re

_STYLE = re.compile(r"<style>(.*?)</style>", re.DOTALL)
_DRAWING = re.compile(r"(<svg\b[^>]*>)(.*?)</svg>", re.DOTALL)
_CLASSES = re.compile(r'class="([^"]*)"')
_VARIABLE = re.compile(r"var\((--[\w-]+)\)")
_FONT = re.compile(r"(?<![\w-])font\s*:\s*(?:(\d+)\s+)?([\d.]+\w+)(?:/[\d.\w]+)?\s+([^;]+)")  # WeasyPrint's drawings know no shorthand
_PLACED = re.compile(r"(?<![\w-])(width|max-width|height|display|vertical-align)\s*:[^;]*;?")  # how the page lays it out


def styled_drawings(page: str) -> str:
    """The page with its rules for drawings in every drawing, variables replaced by their values."""
    drawings = _DRAWING.findall(page)
    if not drawings:
        return page
    classes = {name for whole in drawings for found in _CLASSES.findall("".join(whole)) for name in found.split()}
    rules = _rules("\n".join(_STYLE.findall(page)), classes)
    return _DRAWING.sub(lambda found: f"{found[1]}<style>{rules}</style>{found[2]}</svg>", page)


def _longhand(font: re.Match[str]) -> str:
    weight, size, families = font.groups()
    return f"font-weight:{weight or 400};font-size:{size};font-family:{re.sub(', +', ',', families)}"


def _rules(sheet: str, classes: set[str]) -> str:
    import tinycss2

    rules = [one for one in tinycss2.parse_stylesheet(sheet, True, True) if one.type == "qualified-rule"]
    written = [(tinycss2.serialize(one.prelude).strip(), tinycss2.serialize(one.content)) for one in rules]
    variables = dict(
        (name.strip(), value.strip())
        for selector, content in written if selector == ":root"
        for name, _, value in (part.partition(":") for part in content.split(";")) if value
    )  # fmt: skip

    def meant(selector: str) -> bool:
        return selector.startswith("svg") or bool(classes & set(re.findall(r"\.([\w-]+)", selector)))

    def settled(content: str) -> str:
        told = _VARIABLE.sub(lambda found: variables.get(found[1], ""), _PLACED.sub("", content))
        return _FONT.sub(_longhand, told)

    return "".join(f"{selector}{{{settled(content)}}}" for selector, content in written if meant(selector))
