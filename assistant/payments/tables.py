"""The SQL of this room, on top of `store.py`."""
