"""One folder per far end: connection.py (wire), translate.py (pure), adapter.py (the port)."""
