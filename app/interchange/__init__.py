"""Timelines of other programs (OTIO, EDL), in and out."""
