"""Tests of consuming and publishing."""
