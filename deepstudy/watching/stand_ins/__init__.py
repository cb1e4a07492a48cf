"""What stands in where a script needs torchvision or would download a data set.

copies.py      the known data sets in the data folder, by torchvision's names
finder.py      the import hook
installed.py   where torchvision is installed: its data sets take the copy instead of a download
importable/    where it is not: a package of that name, with data sets, transforms and some networks
"""

import sys
from collections.abc import Callable

from deepstudy.watching.stand_ins import copies
from deepstudy.watching.stand_ins.finder import IMPORTABLE, StandInFinder


def install(on_note: Callable[[str], None]) -> None:
    """Prepare a process, before the script runs, for its imports of torchvision.

    Nothing is imported here. What stands in is found last in `sys.path`, which processes that the script starts
    inherit: so data sets can be pickled to them.

    Arguments:
        on_note: called with one line for each thing that stands in: `MNIST: the copy in FOLDER stands in; nothing was
            downloaded`.
    """
    copies.report_to(on_note)
    if not any(isinstance(finder, StandInFinder) for finder in sys.meta_path):
        sys.meta_path.insert(0, StandInFinder())
    if str(IMPORTABLE) not in sys.path:
        sys.path.append(str(IMPORTABLE))
