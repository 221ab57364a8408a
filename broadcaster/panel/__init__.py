"""The operators' web: the API, and later the pages."""
