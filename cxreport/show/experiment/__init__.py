"""Blocks on an experiment."""
