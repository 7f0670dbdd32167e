"""The whole system in one thread: the real services on a fake log, store and clock that fail in every way a seed draws."""
