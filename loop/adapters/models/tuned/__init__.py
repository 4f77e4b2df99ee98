"""An adapter that is asked through transformers, in a program of its own."""
