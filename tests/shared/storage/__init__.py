"""Tests of the stores, on memory and on the real one."""
