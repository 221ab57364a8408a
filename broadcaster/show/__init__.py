"""What should be so now, and what is missing: pure functions of plan, records, observation and now."""
