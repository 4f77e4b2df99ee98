"""What stands between an engine and whoever asks: each is a model that asks another."""
