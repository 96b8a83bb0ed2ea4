"""Blocks on needs, ease and enjoyability."""
