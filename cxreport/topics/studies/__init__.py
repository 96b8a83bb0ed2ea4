"""Research on methods: how often intervals hold what they promise."""
