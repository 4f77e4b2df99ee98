"""Text as a writer sees it: blocks, sentences, words. Pure, and shared by every package."""

from loop.text.blocks import Block, BlockKind, blocks
from loop.text.sentences import Span, sentences
from loop.text.words import Token, count_words, tokens

__all__ = ["Block", "BlockKind", "Span", "Token", "blocks", "count_words", "sentences", "tokens"]
