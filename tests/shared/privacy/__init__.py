"""How personal data is hidden, sealed and signed."""
