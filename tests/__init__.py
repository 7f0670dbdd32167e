"""Tests mirror the tree they test."""
