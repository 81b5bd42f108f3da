"""The benchmark: every figure of the README measured in one run, beside the peers anybody has."""
