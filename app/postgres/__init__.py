"""The embedded PostgreSQL server: its place, its data, its programs and their supervisor.

Nothing is imported here, since the supervisor process loads this package without any library.
"""
