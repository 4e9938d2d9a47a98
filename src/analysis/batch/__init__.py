"""Runs notebooks, one or many."""
