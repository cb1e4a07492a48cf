"""`python -m deepstudy`."""

from deepstudy.cli import main

main()
