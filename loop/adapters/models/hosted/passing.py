"""A provider's fault that may be gone in a moment: what retries look for."""

from __future__ import annotations

from loop.errors import ModelUnavailable


class Passing(ModelUnavailable):
    """Too many requests, an overloaded provider, a cut connection: the same question may be asked again."""

    def __init__(
        self, message: str, hint: str = "", *, after: float | None = None, slow: bool = False
    ) -> None:
        super().__init__(message, hint)
        self.after = after
        """Seconds the provider asks to wait; None: it did not say."""
        self.slow = slow
        """True when somebody has waited for long already: worth one more question, and a word."""
