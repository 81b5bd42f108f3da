"""Faded colour film, simulated spectrally: dyes, their loss, stain, uneven fading, and the scanner that sees it."""
