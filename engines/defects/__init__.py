"""Defect channels of scans: infrared or alpha planes in which damage shows and the picture does not."""
