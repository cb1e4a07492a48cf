"""File formats: each module turns the bytes of a file into lines of text with their places."""
