"""Blocks on where visitors are lost."""
