"""The gate: what a proposal must pass before it may become guidance."""
