"""Faded dyes: the model in density space, its estimate from pictures, and its application."""
