"""The frames of a report's sections, from the tables of a company."""
