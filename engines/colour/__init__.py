"""What code values mean as light and colour: primaries, transfer curves, differences, pointwise maps of frames."""
