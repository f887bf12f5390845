"""The steps that lead to the schema. Each is SQL and the revision that runs it: the next one is written like 0009.

`tests/test_migrations.py` fails until a migrated folder has the columns that the code names.
"""
