"""The scheme in words, for people."""
