"""Seasons played in virtual time against far ends that fail, lag, lie and are changed by hand; see __main__.py."""
