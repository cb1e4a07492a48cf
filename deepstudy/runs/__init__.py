"""Runs: which ones a study asks for, and each of them done.

    plan         experiments x seeds, in the order in which they are done
    run          one of them: a value that everything below hands on; whoever listens to it
    preflight    what is refused before anything trains
    do           the whole of a command: plan, preflight, runs, records
    execute      one run in this process, or what is left of it
    pool         several runs at the same time, each in a child process
    worker       the other side of such a process
    interrupts   Ctrl-C and SIGTERM, noted and obeyed between two steps

A run that is complete is skipped, one that was cut goes on where it was.
"""
