"""The basic grade: what its controls do to R'G'B', and how that is computed fast."""
