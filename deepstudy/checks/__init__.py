"""`check`: is this implementation of a network sound? One file per kind of bug."""
