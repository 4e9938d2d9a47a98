"""Reads and checks: data packages, dated rules, scenarios."""
