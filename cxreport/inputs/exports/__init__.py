"""Exports of other products: recognise a file, say what its columns are, and make tables of it."""
