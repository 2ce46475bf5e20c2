"""One prepared workspace for all that look at its pages; nobody writes to it."""

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def office(tmp_path_factory) -> Path:
    from tests.notices.office import office

    return office(tmp_path_factory.mktemp("office"))
