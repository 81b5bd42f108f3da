"""How files of timelines end: known without loading what reads them."""

SUFFIXES = (".otio", ".edl")
