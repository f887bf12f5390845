"""Seeded scripts that made what is shipped: checkpoints, sample pictures and clips, exchange rates. None of it runs."""
