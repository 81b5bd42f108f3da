"""What is measured from pictures before they are treated: shots, noise, compression."""
