"""Planters of known damage: seeded, with the truth kept, for training, tests and the benchmark."""
