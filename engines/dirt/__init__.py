"""Blotches of one frame: what the neighbours say along the motion, a network that judges it, and detections."""
