"""How well personal data is found: texts with known data, written apart from the recogniser's own lists, and what is found of it."""
