"""Renders that cannot lose work: jobs, segments, journal, masters, verification, reports."""
