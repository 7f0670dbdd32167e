"""Faults under load on real processes: what is done to the system, who works on meanwhile, and what the audit says of it."""
