"""What the verbs of training share."""
