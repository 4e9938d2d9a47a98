"""The frozen groups of parameters: policy, fiscal path, assumptions, scenario, batch, sweep.

Every group refuses unknown keys and silent changes of type; every share, yuan and step is exact (Decimal).
"""
