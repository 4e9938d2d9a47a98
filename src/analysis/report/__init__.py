"""Charts, tables, sentences and documents made from results."""
