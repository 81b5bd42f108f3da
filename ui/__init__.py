"""The workstation's window."""
