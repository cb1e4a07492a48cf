"""All networks that a document lists, however it lists them.

listings/summaries.py   summaries of programs: torchsummary, torchinfo, Keras, Lightning, MATLAB
listings/trees.py       printed module trees of PyTorch
listings/programs.py    code: PyTorch, Keras, MATLAB, Caffe
listings/words.py       layers in words: lists, chains, tables
listings/chains.py      perceptrons as the widths of their layers: 784-256-10
listings/sums.py        parameters added up by hand, and totals that the text states
"""

from collections.abc import Sequence
from dataclasses import replace

from deepstudy.audits.reading.document import ReportDocument
from deepstudy.audits.reading.layers import ListedNetwork, ListedTotal
from deepstudy.audits.reading.listings.chains import read_chains
from deepstudy.audits.reading.listings.programs import read_programs
from deepstudy.audits.reading.listings.summaries import read_summaries
from deepstudy.audits.reading.listings.sums import read_stated_totals, read_sum_tables, read_sums
from deepstudy.audits.reading.listings.trees import read_trees
from deepstudy.audits.reading.listings.words import read_word_lists

__all__ = ["ListedNetwork", "read_networks"]


def read_networks(document: ReportDocument) -> list[ListedNetwork]:
    """Find the networks that a document lists.

    Arguments:
        document: the report.

    Returns:
        The networks, in their order. A total that the text states stands with the network above it, or with the first
        one below it.
    """
    certain = [*read_summaries(document), *read_trees(document), *read_programs(document)]
    taken = {line for network in certain for line in range(network.first, network.last + 1)}
    sums = [network for network in read_sums(document) if not {network.first, network.last} & taken]
    tables = [network for network in read_sum_tables(document) if not {network.first, network.last} & taken]
    taken |= {layer.line for network in sums for layer in network.layers}
    words = list(read_word_lists(document, taken))
    taken |= {layer.line for network in words for layer in network.layers}
    others = [*sums, *tables, *words, *read_chains(document, taken)]
    networks = sorted([*certain, *others], key=lambda network: network.first)
    own = {total.line for network in networks for total in network.totals} | taken
    stated = [total for total in read_stated_totals(document) if total.line not in own]
    return _with_stated(networks, stated)


def _with_stated(networks: Sequence[ListedNetwork], stated: Sequence[ListedTotal]) -> list[ListedNetwork]:
    placed: list[list[ListedTotal]] = [[] for _ in networks]
    at = 0
    for total in stated if networks else ():
        while at + 1 < len(networks) and networks[at + 1].first <= total.line:
            at += 1
        placed[at].append(total)
    return [
        replace(network, totals=(*network.totals, *totals)) for network, totals in zip(networks, placed, strict=True)
    ]
