"""What the producer wrote: the season, its wall times, and the plan of cues that follows from it."""
