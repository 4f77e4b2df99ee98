"""What a writer changed: alignment of a draft with a final."""

from feedback.align.changes import apply, changes

__all__ = ["apply", "changes"]
