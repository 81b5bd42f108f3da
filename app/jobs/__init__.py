"""Export jobs: estimates, the queue, what survives a crash."""
