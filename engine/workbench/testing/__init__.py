"""Rule tests: read, run, explained, and how much of the rules they cover."""
