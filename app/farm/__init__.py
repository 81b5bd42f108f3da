"""Segments rendered by several workers at once: processes of this machine."""
