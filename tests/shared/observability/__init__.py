"""What the system shows of itself, and what it must never show."""
