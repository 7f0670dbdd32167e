"""Suites of notifier."""
