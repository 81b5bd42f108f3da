"""What `tratteggio verify` checks: the log, the files it names, the source, every frame, and frames rendered again."""
