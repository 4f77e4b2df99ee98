"""What `benchmarks/tui.py` measures: one module for each figure."""
