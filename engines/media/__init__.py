"""Files in and out: probing, exact reading, sequences, masters."""
