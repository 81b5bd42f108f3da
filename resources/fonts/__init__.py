"""Fonts of reports and burnt-in texts."""
