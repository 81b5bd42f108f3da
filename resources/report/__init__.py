"""The template of reports and its style."""
