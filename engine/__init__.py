"""The rules engine: workbooks become facts, facts fire rules, rules post points to a ledger."""

__version__ = "0.1.0"
