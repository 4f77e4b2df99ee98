"""The embedded model: its file, how the file is fetched, and the engine."""
