"""Networks that a document lists: in summaries, trees, code, tables, words and sums.

networks.py   finds them
layers.py     what a listed layer and a listed network are
listings/     one way of listing a network, a file each
"""
