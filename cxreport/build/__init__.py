"""Notebook -> published page."""
