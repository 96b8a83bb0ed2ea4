"""Raw export -> checked tables."""
