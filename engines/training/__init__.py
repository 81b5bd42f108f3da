"""How every shipped weight was made: degradations, datasets, recipes."""
