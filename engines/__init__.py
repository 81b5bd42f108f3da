"""What Tratteggio computes: frames in, frames and provenance out. Knows neither Qt nor the application."""

import os

# Threads that wait by spinning take the processor from those that work, as several frames are worked on at once. The
# variable is read when PyTorch is first imported; what the user set stays.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")
