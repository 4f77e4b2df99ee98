"""What is trained: the writing pipeline, its guidance and its checks."""
