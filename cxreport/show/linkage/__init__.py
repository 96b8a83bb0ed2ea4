"""Blocks on whether experience pays."""
