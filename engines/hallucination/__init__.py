"""Where the picture cannot be trusted: evidence, a calibrated risk per pixel, a guarantee, and how it is judged."""
