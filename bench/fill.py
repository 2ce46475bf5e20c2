"""The least that could be done with a csv: its rows into a bare SQLite table.

    python bench/fill.py FILE.csv OUTPUT.db
"""

import csv
import sqlite3
import sys


def main(file: str, output: str) -> None:
    database = sqlite3.connect(output)
    with open(file, encoding="utf-8", newline="") as opened:
        rows = csv.reader(opened)
        database.execute(f"CREATE TABLE fact ({', '.join(f'c{place}' for place, _ in enumerate(next(rows)))})")
        database.executemany("INSERT INTO fact VALUES (?, ?, ?, ?)", rows)
    database.commit()


if __name__ == "__main__":
    main(*sys.argv[1:])
