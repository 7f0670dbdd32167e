"""Scenarios: a file of steps played on the real system with a clock that jumps from moment to moment."""
