"""Notifier answers for telling people: what, to whom, when, over which channel, with which outcome."""
