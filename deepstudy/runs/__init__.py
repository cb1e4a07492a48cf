"""Runs: planning those of a study, checking that they can be done, and doing them.

    run_study    the whole command: plan, preflight, runs, records
    plan         experiments x seeds, in the order in which they are done; made once, then handed on
    run          one run, and the listener that follows it
    preflight    checks before anything trains; first those without torch
    conflicts    whether a run can continue from what its directory holds
    execute      one run in this process, or the rest of it
    recorder     its run.json, from its start to its end
    sharing      how many runs share the machine
    pool         several runs at the same time, each in a child process
    worker       the other side of such a process
    messages     what the two sides say to each other
    interrupts   Ctrl-C and SIGTERM, noted and obeyed between two steps

Complete runs are skipped. Interrupted runs continue where they stopped.
"""
