"""What benchmarks/training.py is made of: the pairs, and one program for each trainer."""
