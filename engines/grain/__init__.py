"""Grain: told from noise, measured, split from the picture, made anew."""
