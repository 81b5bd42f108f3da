"""The audit log: append-only, hash-chained, one line per act."""
