"""Blocks on the journey and the channels."""
