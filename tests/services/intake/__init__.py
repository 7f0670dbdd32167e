"""Intake: its rules, its channels, its pages."""
