"""Pictures for announcements: cards drawn from a template, and files beside the season file."""
