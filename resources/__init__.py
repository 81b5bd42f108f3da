"""Data that ships with the program: weights with their model cards."""
