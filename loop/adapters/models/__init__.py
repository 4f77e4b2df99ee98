"""Language models: the engines, and what stands between them and whoever asks."""
