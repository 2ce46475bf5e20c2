"""What many tests start from: the shipped ruleset, and rows of facts as values."""

from pathlib import Path

import pytest

from engine.dsl.loader import read_folder, ruleset_of
from engine.dsl.model import Ruleset

SHIPPED = Path(__file__).resolve().parent.parent / "rulesets" / "changzhi-2023"


@pytest.fixture(scope="session")
def ruleset() -> Ruleset:
    return ruleset_of(read_folder(SHIPPED))
