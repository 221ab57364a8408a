"""What happened, told from the journal alone."""
