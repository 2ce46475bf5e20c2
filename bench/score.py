"""A posted year scored once more from its facts, and nothing else: what `rules impact` is held against.

    python bench/score.py WORKSPACE
"""

import sys
from pathlib import Path

from engine.ledger.stored import newest_facts
from engine.scoring.year import Year
from engine.workspace import Workspace
from models.database import reading


def main(folder: str) -> None:
    workspace = Workspace.open(Path(folder))
    ruleset = workspace.ruleset
    with reading(workspace.database) as connection:
        year = Year(ruleset, newest_facts(connection, ruleset))
    print(sum(award.given for month in ruleset.months for own in year.awards(month).values() for award in own))


if __name__ == "__main__":
    main(*sys.argv[1:])
