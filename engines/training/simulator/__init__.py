"""What time, cameras and codecs do to pictures, in physical order, seeded, with the truth about what was done."""
