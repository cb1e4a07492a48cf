"""Runs: which ones a study asks for, and each of them done.

    run_study    the whole of a command: plan, preflight, runs, records
    plan         experiments x seeds, in the order in which they are done; made once, then handed on
    run          one of them, and whoever listens to it
    preflight    what is refused before anything trains
    conflicts    what a run directory holds against what its run would do
    execute      one run in this process, or what is left of it
    recorder     its run.json, from its start to its end
    sharing      how many runs share the machine
    pool         several runs at the same time, each in a child process
    worker       the other side of such a process
    messages     what the two sides say to each other
    interrupts   Ctrl-C and SIGTERM, noted and obeyed between two steps

A run that is complete is skipped, one that was cut goes on where it was.
"""
