"""The training loop of redraft: verbs, learning step, and the doors to the world."""
