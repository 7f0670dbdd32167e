"""Seeing the system work: logs without personal data, metrics, health and trace ids."""
