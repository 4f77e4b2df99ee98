"""Small windows over a place: one question each."""
