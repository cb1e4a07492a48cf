"""Pack finished runs into the collection of their study and budget, beside this file. No training.

    python results/pack.py runs/STUDY/BUDGET

The runs stay where they are. A run that the collection has already is replaced.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from deepstudy.errors import InputError
from deepstudy.record import pack

RESULTS = Path(__file__).parent


def main(arguments: Sequence[str] | None = None) -> None:
    """Pack the runs that the command line names, and say which they were."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("runs", type=Path, help="a folder STUDY/BUDGET of run directories")
    runs: Path = parser.parse_args(arguments).runs.resolve()
    into = RESULTS / runs.parent.name / runs.name
    try:
        packed = pack(runs, into)
    except InputError as error:
        sys.exit(f"pack.py: {error}")
    print(f"{into}: {', '.join(packed)}")


if __name__ == "__main__":
    main()
