"""What many tests start from: the shipped ruleset, and the command as a user runs it on a real workspace."""

import csv
import json
import os
import signal
from dataclasses import dataclass
from pathlib import Path

import pytest

import cli
from engine.dsl.loader import read_folder, ruleset_of
from engine.dsl.model import Ruleset

os.environ.pop("JIFEN_DATABASE_URL", None)  # no test may reach a real one
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # as a shell starts what runs in its background
    signal.signal(signal.SIGINT, signal.default_int_handler)
SHIPPED = Path(__file__).resolve().parent.parent / "rulesets" / "changzhi-2023"


@pytest.fixture(scope="session")
def ruleset() -> Ruleset:
    return ruleset_of(read_folder(SHIPPED))


@dataclass(frozen=True)
class Outcome:
    status: int
    out: str
    err: str

    @property
    def json(self):
        return json.loads(self.out)


@pytest.fixture
def jifen(capsys, monkeypatch):
    """Runs `jifen` with these arguments and gives exit status, standard output and standard error."""

    def run(*args: object) -> Outcome:
        monkeypatch.setattr("sys.argv", ["jifen", *map(str, args)])
        try:
            cli.main()
            status = 0
        except SystemExit as left:
            status = left.code or 0
        told = capsys.readouterr()
        return Outcome(status, told.out, told.err)

    return run


def closed(jifen, workspace: Path, month: str) -> None:
    """Scores every month of the year up to one, and closes that one."""
    for number in range(1, int(month[5:]) + 1):
        assert jifen("-w", workspace, "run", f"{month[:4]}-{number:02d}", "--no-notices").status == 0
    assert jifen("-w", workspace, "close", month).status == 0


def pytest_generate_tests(metafunc):
    """A test marked `both_databases` runs on SQLite and on PostgreSQL; one marked with False does not, though its module is."""
    marked = metafunc.definition.get_closest_marker("both_databases")
    if "database" in metafunc.fixturenames and marked and marked.args != (False,):
        metafunc.parametrize("database", ["sqlite", "postgresql"], indirect=True)


@pytest.fixture(scope="session")
def postgres():
    from tests.postgres import running

    with running() as server:
        yield server


@pytest.fixture
def database(request) -> str | None:
    """The address of an empty PostgreSQL schema, or None for SQLite."""
    if getattr(request, "param", "sqlite") == "sqlite":
        return None
    return request.getfixturevalue("postgres").new_schema()


@pytest.fixture
def workspace(jifen, tmp_path, database) -> Path:
    folder = tmp_path / "workspace"
    assert jifen("init", folder).status == 0
    if database is not None:
        (folder / "jifen.db").unlink()
        with open(folder / "jifen.toml", "a", encoding="utf-8") as config:
            config.write(f'database = "{database}"\n')
    return folder


@pytest.fixture(scope="session")
def scored(tmp_path_factory, ruleset) -> Path:
    """A workspace with a year of few facts (tests/annual.py), every month scored and open; to be copied by who writes to it."""
    from tests.annual import scored_year

    return scored_year(tmp_path_factory.mktemp("scored"), ruleset)


@pytest.fixture(scope="session")
def shut(tmp_path_factory, scored) -> Path:
    """The same with every month closed."""
    from tests.annual import close_year, copied

    folder = copied(scored, tmp_path_factory.mktemp("shut"))
    close_year(folder)
    return folder


@pytest.fixture
def sheet(tmp_path):
    """Writes rows of one fact kind as a CSV file and gives its path."""

    def write(kind: str, *rows: dict[str, object], folder: str = "in") -> Path:
        path = tmp_path / folder / f"{kind}.csv"
        path.parent.mkdir(exist_ok=True)
        with open(path, "w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, fieldnames=list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
        return path

    return write
