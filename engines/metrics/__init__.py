"""How close two pictures or clips are: fidelity, perception, steadiness."""
