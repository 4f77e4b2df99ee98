"""The base of every record, and how a record gets its name from its content."""

from __future__ import annotations

import hashlib

from pydantic import BaseModel, ConfigDict


class Record(BaseModel):
    """A frozen, closed value: unknown fields are errors, fields never change."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


def content_id(*parts: str, length: int = 12) -> str:
    """The first `length` hex digits of SHA-256 over the parts, each preceded by its size.

    The size makes ("ab", "c") and ("a", "bc") different.
    """
    digest = hashlib.sha256()
    for part in parts:
        data = part.encode("utf-8", "surrogatepass")
        digest.update(str(len(data)).encode() + b":")
        digest.update(data)
    return digest.hexdigest()[:length]
