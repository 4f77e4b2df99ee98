"""What `new --describe` and `new --ask` are made of: the interview, the building, the keeping."""
