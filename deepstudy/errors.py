"""The one exception that stands for a mistake of the user's, not of ours."""


class InputError(Exception):
    """Bad input: a study file, a data file, an argument.

    Its message is one line that says what is wrong, where, and what to do. The command line prints that line and
    exits with code 2; no other exception type is ever shown without its traceback.
    """
