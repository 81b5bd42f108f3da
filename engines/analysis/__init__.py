"""Measurements over whole shots: made once, kept by content on disk, cancelled between frames."""
