"""Scratches: near-vertical lines found by integrating along them, and told from what the camera saw."""
