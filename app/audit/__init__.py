"""The audit log of a render, and what is rendered again out of what it says."""
