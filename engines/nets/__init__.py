"""Network definitions, one per file, each built from a frozen config."""
