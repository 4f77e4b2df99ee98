"""How a check finds and mends: one module per family, all on one view of the text."""
