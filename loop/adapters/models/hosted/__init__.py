"""What the adapters of hosted models share: addresses, faults and their words, connections."""
