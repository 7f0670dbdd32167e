"""The papers, read back as a person would read them."""
