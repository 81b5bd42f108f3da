"""Reports for people: HTML and PDF out of one template."""
