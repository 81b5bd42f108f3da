"""The benchmark of the damage stages: known damage planted on clean clips, and what is left of it."""
