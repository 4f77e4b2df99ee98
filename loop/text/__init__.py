"""Text as a writer sees it: blocks, sentences, words. Pure, and shared by every package."""
