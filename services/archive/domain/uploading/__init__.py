"""What the platforms above are owed of a case, in which order, and what became of it (方案 六(一); 歧义 31)."""
