"""Blocks on customer service."""
