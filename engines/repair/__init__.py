"""How a damaged region is given its content back: moved from other frames, else continued from its surroundings."""
