"""The picture: canvas, compare modes, overlays."""
