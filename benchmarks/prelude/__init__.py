"""The PRELUDE protocol: writers with hidden preferences, methods that learn from them, and what it cost."""
