"""Blocks on whether customers come back."""
