"""Blocks on whether the questions measure."""
