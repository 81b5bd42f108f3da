"""Measuring how a picture weaves in its gate, splitting that from camera motion, and taking it out."""
