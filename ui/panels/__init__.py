"""Docks around the picture: shots, stages, fidelity, scopes, jobs."""
