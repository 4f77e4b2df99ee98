"""The doors to the outside world; each module maps foreign errors to redraft's own."""
