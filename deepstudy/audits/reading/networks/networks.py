"""All networks that a document lists, however it lists them.

listings/summaries.py   summaries of programs: torchsummary, torchinfo, Keras, Lightning, MATLAB
listings/trees.py       printed module trees of PyTorch
listings/programs.py    code: PyTorch, Keras, MATLAB, Caffe
listings/words.py       layers in words: lists, chains, tables
listings/chains.py      perceptrons as the widths of their layers: 784-256-10
listings/sums.py        parameters added up by hand, and totals that the text states
"""

import re
from collections.abc import Sequence, Set
from dataclasses import replace

from deepstudy.audits.reading.blocks import DocumentLayout
from deepstudy.audits.reading.document import ReportDocument
from deepstudy.audits.reading.networks.layers import COUNT, ListedNetwork, ListedTotal
from deepstudy.audits.reading.networks.listings.chains import read_chains
from deepstudy.audits.reading.networks.listings.programs import read_programs
from deepstudy.audits.reading.networks.listings.summaries import read_summaries
from deepstudy.audits.reading.networks.listings.sums import TOTAL_WORD, read_stated_totals, read_sum_tables, read_sums
from deepstudy.audits.reading.networks.listings.trees import read_trees
from deepstudy.audits.reading.networks.listings.words import read_word_lists

#: The last row of a table without lines, which has fewer columns: `total   56,417`.
_TOTAL_BELOW = re.compile(
    rf"^[\s_=-]{{0,40}}({TOTAL_WORD}(?:\s\w{{1,12}}){{0,2}})[\s:.]{{2,60}}({COUNT})\s*$", re.IGNORECASE
)

__all__ = ["ListedNetwork", "read_networks"]


def read_networks(document: ReportDocument, layout: DocumentLayout | None = None) -> list[ListedNetwork]:
    """Find the networks that a document lists.

    Arguments:
        document: the report.
        layout: its blocks, for tables without lines between their columns.

    Returns:
        The networks, in their order. A total that the text states stands with the network above it, or with the first
        one below it.
    """
    certain = [*read_summaries(document), *read_trees(document), *read_programs(document)]
    taken = {line for network in certain for line in range(network.first, network.last + 1)}
    certain_lines = set(taken)
    ruled = _with_pipes(document, layout, certain_lines) if layout is not None else document
    sums = [network for network in read_sums(document) if not {network.first, network.last} & taken]
    tables = [network for network in read_sum_tables(ruled) if not {network.first, network.last} & taken]
    taken |= {layer.line for network in sums for layer in network.layers}
    words = list(read_word_lists(ruled, taken))
    taken |= {layer.line for network in words for layer in network.layers}
    others = [*sums, *tables, *words, *read_chains(document, taken)]
    networks = sorted([*certain, *others], key=lambda network: network.first)
    own = {total.line for network in networks for total in network.totals} | taken
    stated = [total for total in read_stated_totals(document) if total.line not in own]
    return _with_stated(networks, stated)


def _with_pipes(document: ReportDocument, layout: DocumentLayout, taken: Set[int]) -> ReportDocument:
    """A document whose tables have a pipe between their columns, as those of Markdown have."""
    lines = list(document.lines)
    for table in layout.tables:
        first, last = table.line, table.rows[-1].line if table.rows else table.line
        is_ruled = any(lines[at].text.lstrip().startswith("|") for at in range(first, last + 1))
        if is_ruled or any(at + 1 in taken for at in range(first, last + 1)) or len(table.columns) < 2:
            continue
        for at in range(first, last + 1):
            lines[at] = replace(lines[at], text="|---|---|")
        lines[first] = replace(lines[first], text=_piped(table.columns))
        for row in table.rows:
            if row.line > first:
                lines[row.line] = replace(lines[row.line], text=_piped([cell.text for cell in row.cells]))
        if last + 1 < len(lines) and (total := _TOTAL_BELOW.match(lines[last + 1].text)):
            cells = [total[1], *[""] * (len(table.columns) - 2), total[2]]
            lines[last + 1] = replace(lines[last + 1], text=_piped(cells))
    return replace(document, lines=tuple(lines))


def _piped(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "/") for cell in cells) + " |"


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
