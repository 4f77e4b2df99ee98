"""What a writer changed: alignment of a draft with a final."""

from feedback.align.changes import apply, changes, compared, passage

__all__ = ["apply", "changes", "compared", "passage"]
