"""The loop that runs a season: desire, observe, decide, do, record."""
