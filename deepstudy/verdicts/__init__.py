"""Verdicts: each claim of a study, decided from its runs in a way that is the same for all studies. Never torch.

Tests are at the level of 5 %, and intervals of 95 % unless another is named.

compare     Greater or less, by more than `margin`. Where one experiment has all seeds of the other, and both saw the
            images in the same order, runs are paired by seed: Student's interval of the mean difference. Otherwise
            Welch's interval of the difference of means. Equivalent: two one-sided tests (Schuirmann 1987), that is, the
            90 % interval lies within the margin. It is contradicted where the whole 95 % interval lies beyond it.
value       A reported figure stands for a range of numbers (`study.reported.stands_for`: 62k for all that rounds to it,
            60~70 for all between). The runs give a prediction interval of one new run, mean ± t s sqrt(1 + 1/n). The
            claim is supported where the two meet, and contradicted where they do not. An interval that is too wide
            supports nothing: 3 points either way, 3 epochs or 10 % (the larger), 10 % of any other quantity.
saturates   The accuracy still to be gained after epoch `by`, against `margin`. It is the mean of the last quarter of
            the epochs, less the mean of three epochs around `by`, which are no part of that quarter.
overtakes   Below at the first epoch, and above over the last quarter, or after `after`. Both must hold.
drops       The fall at the epoch, and the epochs until accuracy is regained, each like `value`.
gap         The difference of two splits of one run, against `margin`.
exceeds     A quantity of one experiment, against `level`.

Which runs count: those that have finished an epoch and did not fail. Claims about the whole training take complete
runs of one length alone. These are claims about the best accuracy, saturation, epochs to a level, overtaking, and the
time in all. Claims about an epoch take every run that has reached it. A verdict says how many runs it does not count.
Where a run never reaches a level, the epochs to it decide nothing.

The p-values of a study's claims are corrected after Holm (1979). So the chance of any wrong verdict among them stays
below 5 %. A claim that only its own p-value would decide is undecided. Intervals are not corrected. A figure that lies
where it should is no test, and is not corrected either. An undecided verdict says how many seeds would decide it four
times in five, at the level that the correction leaves, if effect and spread are as the runs have them.
Means over a few seeds are treated as normal: a bootstrap over three to five seeds gives intervals that are far too
narrow. An interval ends where its quantity does: an accuracy at 0 and 100, a time at 0.

Some things are not comparable. The verdict then says so, and gives both numbers. Figures of the report are not
comparable under a budget, with `--set`, or on another copy of the data. Times are not comparable between runs that
shared the machine. Experiments are not comparable on different images, unless they differ in nothing else, so that the
images are what the claim is about.

decide.py       from claims and records to verdicts
forms.py        how each form of a claim is decided
comparable.py   what may be compared
records.py      the records of a study, and which of them count
quantities.py   what a record says of a quantity
samples.py      estimates, intervals, p-values
verdict.py      a verdict, and Holm's correction
formatting.py   numbers, intervals and claims as text
"""

from deepstudy.verdicts.decide import decide, layers_of_study, values_of
from deepstudy.verdicts.formatting import format_interval, format_number
from deepstudy.verdicts.quantities import count_in, saturation_epoch
from deepstudy.verdicts.records import COUNTS, Layers, by_experiment, recorded_experiment, records_that_count
from deepstudy.verdicts.verdict import Verdict, VerdictWord

__all__ = [
    "COUNTS",
    "Layers",
    "Verdict",
    "VerdictWord",
    "by_experiment",
    "count_in",
    "decide",
    "format_interval",
    "format_number",
    "layers_of_study",
    "recorded_experiment",
    "records_that_count",
    "saturation_epoch",
    "values_of",
]
