"""Frame, problems, sign-in and free text."""
