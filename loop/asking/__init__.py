"""A verb's request from what a person gave, for both front ends: typed words, or a filled-in form."""

from loop.asking.fields import Asked, asked
from loop.asking.requests import request_from

__all__ = ["Asked", "asked", "request_from"]
