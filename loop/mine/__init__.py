"""Evidence -> proposal without a model: deterministic, and also evidence for `revise`."""

from loop.mine.firing import fires

__all__ = ["fires"]
