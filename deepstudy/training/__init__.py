"""Training: one loop (`loop`), and what it is made of."""
