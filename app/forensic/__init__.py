"""Forensic mode: what it refuses in documents and jobs, how it computes, and the gates that nothing invented passes."""
