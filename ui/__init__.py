"""What you see: the workstation's window. To come; the headless verbs are in `app`."""
