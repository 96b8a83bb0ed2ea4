"""Blocks on what to fix first."""
