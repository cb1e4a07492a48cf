"""One file for each way in which reports list a network: summaries, module trees, programs, words, sums."""
