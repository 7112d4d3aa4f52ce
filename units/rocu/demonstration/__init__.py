"""Invented, deterministic records of the ROCU, from fixtures: the same on every machine."""

REASON = "demonstration"
"""Why each of these records was entered, in its history."""
