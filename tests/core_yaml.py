"""YAML as an editor's language server reads it: scalars typed by the core schema of YAML 1.2, keys always texts."""

from __future__ import annotations

import re
from typing import Any

import yaml


class _Core(yaml.BaseLoader):
    pass


_Core.yaml_implicit_resolvers = {}
for _tag, _pattern, _first in (
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("int", r"[-+]?[0-9]+", "-+0123456789"),
    ("float", r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", "-+.0123456789"),
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
):
    _Core.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(f"^(?:{_pattern})$"), list(_first))
_Core.add_constructor("tag:yaml.org,2002:bool", lambda loader, node: node.value[0] in "tT")
_Core.add_constructor("tag:yaml.org,2002:int", lambda loader, node: int(node.value))
_Core.add_constructor("tag:yaml.org,2002:float", lambda loader, node: float(node.value))
_Core.add_constructor("tag:yaml.org,2002:null", lambda loader, node: None)
_Core.add_constructor(
    "tag:yaml.org,2002:map",
    lambda loader, node: {key.value: loader.construct_object(value, deep=True) for key, value in node.value},
)


def core(text: str) -> Any:
    return yaml.load(text.removeprefix("\ufeff"), _Core)
