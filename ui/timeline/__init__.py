"""Time: lanes, transport, sound."""
