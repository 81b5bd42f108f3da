"""Weights and what runs them: registry, loading, tiling, devices."""
