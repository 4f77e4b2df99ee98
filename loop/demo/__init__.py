"""The demo: a scripted editor that stands in for the writer, and what it measured."""
