"""XML schemas that packages are validated against."""
