"""Claude Code: as an agent that works on files, and as a model for writers without a key."""

from loop.adapters.claude_code.agent import ClaudeCode
from loop.adapters.claude_code.finding import Found, found, sign_in, signed_in
from loop.adapters.claude_code.model import ClaudeCodeModel

__all__ = ["ClaudeCode", "ClaudeCodeModel", "Found", "found", "sign_in", "signed_in"]
