"""A season of live shows that runs itself."""
