"""Flicker: comparing frames, light paths over a shot, what of them is real, and taking the rest away."""
