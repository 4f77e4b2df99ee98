"""What it is trained on: changes, critiques, effort, pairs."""
