"""Seeded scripts that made the shipped checkpoints. Nothing here runs in the product."""
