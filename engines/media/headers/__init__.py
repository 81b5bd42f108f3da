"""What is not samples of a sequence's stills, kept so that every file is rebuilt byte for byte from decoded samples."""
