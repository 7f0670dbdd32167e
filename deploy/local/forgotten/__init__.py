"""After the term: who was forgotten, a restored backup that forgets again, and a search that finds what was left behind."""
