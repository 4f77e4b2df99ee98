"""Evidence to proposals without a model: deterministic, and honest about what it cannot see."""
