"""A project of one's own, made from files of this package, and brought to later versions of it."""
