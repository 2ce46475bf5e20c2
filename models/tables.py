"""The tables of a workspace. Facts are versions, entries are postings: nothing here is ever changed or deleted.

Points are whole hundredths. A month is a text YYYY-MM, a time an ISO text in UTC. Keys and values of facts are
canonical JSON texts (a list in the dictionary's key order; an object of the fields that are not empty).
"""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import Index
from sqlmodel import Field, SQLModel


class Act(StrEnum):
    """How facts came to have new versions."""

    IMPORT = "import"  # files were read
    WITHDRAW = "withdraw"  # facts, or what an import had brought, were taken back
    DERIVE = "derive"  # the ruleset's derivation was made anew, as its settings had changed


class Outcome(StrEnum):
    """What was decided on a request for review."""

    UPHOLD = "uphold"  # the points stay
    CHANGE = "change"  # a correction is to follow


class Import(SQLModel, table=True):
    """One change of the facts: who made it, when, and by what act (an Act below)."""

    __tablename__ = "import"
    id: int | None = Field(default=None, primary_key=True)
    at: str
    operator: str
    act: str = Act.IMPORT
    reason: str = ""
    takes_back: int | None = Field(default=None, foreign_key="import.id")  # the import that this act took back whole


class SourceFile(SQLModel, table=True):
    """A file that an import read: its name as given, and the sha256 of its bytes."""

    __tablename__ = "source_file"
    id: int | None = Field(default=None, primary_key=True)
    import_id: int = Field(foreign_key="import.id")
    name: str
    sha256: str


class FactVersion(SQLModel, table=True):
    """One version of one fact; the newest id of a (kind, key) holds. A withdrawn fact has a last version that says so."""

    __tablename__ = "fact_version"
    __table_args__ = (Index("fact_by_key", "kind", "key", "id"),)
    id: int | None = Field(default=None, primary_key=True)
    import_id: int = Field(foreign_key="import.id")
    file_id: int = Field(foreign_key="source_file.id")
    sheet: str | None
    row: int
    kind: str
    key: str
    fields: str
    withdrawn: bool = False
    derived: bool = False  # made of records by derive.yaml, whose line is `row`


class Seal(SQLModel, table=True):
    """The digest over an import, its files and its versions, chained to the one before."""

    __tablename__ = "seal"
    id: int | None = Field(default=None, primary_key=True)
    import_id: int = Field(foreign_key="import.id")
    digest: str


class RulesetVersion(SQLModel, table=True):
    """A ruleset as a run read it: its files' names and texts as one JSON object, by fingerprint."""

    __tablename__ = "ruleset_version"
    fingerprint: str = Field(primary_key=True)
    files: str


class Batch(SQLModel, table=True):
    """One posting: everything that a run or a correction wrote, in one transaction. `period` is its earliest month."""

    __tablename__ = "batch"
    id: int | None = Field(default=None, primary_key=True)
    at: str
    operator: str
    period: str = Field(index=True)
    ruleset: str = Field(foreign_key="ruleset_version.fingerprint")
    newest_fact: int  # the highest fact version that was read; 0 where there was none
    program: str
    reason: str = ""  # of a correction; a run has none
    facts: str = ""  # the newest seal: what all facts together were
    digest: str = ""  # over all of the above, chained to the batch before


class BatchMonth(SQLModel, table=True):
    """A month that a batch scored: its newest batch is what stands."""

    __tablename__ = "batch_month"
    id: int | None = Field(default=None, primary_key=True)
    batch_id: int = Field(foreign_key="batch.id", index=True)
    period: str = Field(index=True)


class Closing(SQLModel, table=True):
    """A month that was closed, with its notice's number and date of issue. A closed month stays closed."""

    __tablename__ = "closing"
    id: int | None = Field(default=None, primary_key=True)
    at: str
    operator: str
    period: str = Field(index=True)
    number: str = ""
    issued: str = ""
    last_batch: int = 0  # the newest batch of all at the time: what came later did not count for the notice


class IssuedFile(SQLModel, table=True):
    """A file of a notice as it was issued: its path below the month's folder, and its bytes, deflated."""

    __tablename__ = "issued_file"
    id: int | None = Field(default=None, primary_key=True)
    closing_id: int | None = Field(default=None, foreign_key="closing.id", index=True)
    batch_id: int | None = Field(default=None, foreign_key="batch.id", index=True)  # of a correction's notice
    name: str
    content: bytes


class Tally(SQLModel, table=True):
    """What a unit's month came to at a batch: a digest over its facts and matches. The newest tally of a unit's month holds."""

    __tablename__ = "tally"
    __table_args__ = (Index("tally_by_unit", "period", "unit", "id"),)
    id: int | None = Field(default=None, primary_key=True)
    batch_id: int = Field(foreign_key="batch.id")
    period: str
    unit: str
    digest: str


class Match(SQLModel, table=True):
    """A rule that fired on a fact (none for an absence), with what it gave before and after once, best and cap."""

    __tablename__ = "match"
    id: int | None = Field(default=None, primary_key=True)
    tally_id: int = Field(foreign_key="tally.id", index=True)
    rule: str
    fact_version_id: int | None = Field(default=None, foreign_key="fact_version.id")
    raw: int  # hundredths, rounded once, before limits
    given: int  # hundredths, what was posted
    limit: str = ""  # what took the difference: once, best, cap-month, cap-year


class LedgerEntry(SQLModel, table=True):
    """One posting to a unit's account: an award, or the reversal of one with negated points. `points` are hundredths."""

    __tablename__ = "ledger_entry"
    __table_args__ = (Index("entry_by_period", "period", "unit"),)
    id: int | None = Field(default=None, primary_key=True)
    batch_id: int = Field(foreign_key="batch.id")
    period: str
    unit: str
    rule: str
    kind: str  # award or reversal
    points: int
    fact_kind: str | None = None
    fact_key: str | None = None
    fact_version_id: int | None = Field(default=None, foreign_key="fact_version.id")
    reverses: int | None = Field(default=None, foreign_key="ledger_entry.id")
    reason: str = ""
    digest: str = ""  # over all of the above and the batch's, chained to the entry before


class Verdict(SQLModel, table=True):
    """How one obligation of a unit stood at a month's end; the newest of a (period, task, unit) holds.

    `status` is a word of cli.md's `tasks`, empty where the obligation no longer binds the unit. `facts` is a JSON list of
    the fact versions that decided.
    """

    __tablename__ = "verdict"
    __table_args__ = (Index("verdict_by_period", "period", "unit", "task", "id"),)
    id: int | None = Field(default=None, primary_key=True)
    batch_id: int = Field(foreign_key="batch.id", index=True)
    period: str
    unit: str
    task: int
    status: str
    due: str | None = None  # YYYY-MM-DD
    facts: str = "[]"


class Review(SQLModel, table=True):
    """A unit's request to look again at what a rule gave it in a closed month. `until` is the last day for it, as told
    when it was made; "" where there was none."""

    __tablename__ = "review"
    id: int | None = Field(default=None, primary_key=True)
    at: str
    operator: str
    period: str = Field(index=True)
    unit: str
    rule: str
    text: str
    until: str
    digest: str  # over all of the above, chained to the request before


class ReviewDecision(SQLModel, table=True):
    """What was decided on a request (an Outcome above); there is one decision, and it stays."""

    __tablename__ = "review_decision"
    id: int | None = Field(default=None, primary_key=True)
    at: str
    operator: str
    review_id: int = Field(foreign_key="review.id", unique=True)
    outcome: str
    reason: str
    digest: str  # over all of the above, chained to the decision before


class ReviewAnswer(SQLModel, table=True):
    """The correction that carried out what was decided; there is one for a request, and one may answer several."""

    __tablename__ = "review_answer"
    id: int | None = Field(default=None, primary_key=True)
    batch_id: int = Field(foreign_key="batch.id", index=True)
    review_id: int = Field(foreign_key="review.id", unique=True)
    digest: str  # over all of the above, chained to the answer before


class Letter(SQLModel, table=True):
    """A supervision letter that went out with a closed month. `number` counts those of its year, `written` is how it reads.

    `tasks` is a JSON list of [task, status, reminders]: in how many letters running, this one with them, the unit was
    told of it. `due` is the last day for the answer, "" where there is none; `escalated_to` is "" where it is not.
    What is reported after `newest_fact` can answer it.
    """

    __tablename__ = "letter"
    id: int | None = Field(default=None, primary_key=True)
    at: str
    operator: str
    period: str = Field(index=True)
    unit: str
    number: int
    written: str
    issued: str  # YYYY-MM-DD
    due: str
    tasks: str
    escalated_to: str
    newest_fact: int
    digest: str  # over all of the above, chained to the letter before


class Approval(SQLModel, table=True):
    """A year's result as it was approved: the ledger up to `last_batch` and `newest_fact` gave it. The newest of a year holds."""

    __tablename__ = "approval"
    id: int | None = Field(default=None, primary_key=True)
    at: str
    operator: str  # who approved it
    year: int = Field(index=True)
    last_batch: int  # the newest batch of all at the time
    newest_fact: int  # the newest fact version at the time
    content: str  # canonical JSON of the whole result
    notice: bytes  # as issued, deflated
    digest: str  # over all of the above, chained to the approval before
