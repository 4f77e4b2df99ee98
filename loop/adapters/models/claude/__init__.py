"""Anthropic's models, asked through the anthropic package."""
