"""Blocks on what customers are worth."""
