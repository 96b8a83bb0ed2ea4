"""Needs met, ease, enjoyability: their gaps, and whether they build on one another."""
