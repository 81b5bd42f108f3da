"""The benchmark of colour: simulated fades, HDR masters and back, identity round trips, speed."""
