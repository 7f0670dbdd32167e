"""How Bancheng is run; nothing of the scheme is decided here."""
