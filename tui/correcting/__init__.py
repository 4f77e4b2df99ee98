"""What the place Correct is made of: its pages, and what is done with a Change."""
