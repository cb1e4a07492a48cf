"""Rules of verdicts: how runs decide the claims of a study.

The same rules apply to every study. A verdict is one of four:

* **supported**: the runs agree with the claim.
* **contradicted**: the runs disagree with the claim.
* **undecided**: the runs are too few or too different to tell. The reason says how many seeds would probably decide.
* **not comparable**: the runs and the claim differ in more than the claim is about.

Tests have a level of 5 %. Intervals have a level of 95 %, unless the verdict names another level.

## How spreads are estimated

Two to five runs show their own spread badly. But a study has several experiments, and their spreads are alike. So the
variance of each experiment is moderated by the variances of all experiments of the study (Smyth 2004).

* The more alike the spreads are, the more is borrowed. Where they differ much, each experiment keeps its own.
* Both estimates of that method are made on the safe side, because a study has few experiments. A variance that is
  larger than the moderated one stays as it is.
* With fewer than three experiments that vary, nothing is borrowed.
* An accuracy counts whole images. No variance is smaller than that of rounding to one image.

A reason such as `n=3, unpaired, with the spreads of 5 experiments` says what was done.

Runs with the same seed may be alike, because they see the images in the same order. A permutation test over all such
experiments of the study shows whether they are, at a level of 1 %. Then what the runs of a seed have in common is
removed first, and the comparison is `paired by seed`. Mostly it is not so. Pairs would then only lose degrees of
freedom.

## compare

The claim: a quantity of one experiment is higher or lower than that of another experiment, by more than `margin`.

* The interval is Welch's interval of the difference of means (Welch 1947), with moderated variances.
* The claim is supported if the whole interval is on the claimed side of the margin. It is contradicted if the whole
  interval is on the other side.
* `equivalent` claims take two one-sided tests (Schuirmann 1987). They are supported if the 90 % interval is within the
  margin, and contradicted if the whole 95 % interval is beyond it.

A verdict is about other runs on the same images. The reason also says if the difference is so small that another choice
of images could remove it. The predictions for each image tell that (McNemar 1947), or the binomial distribution.

A comparison needs at least 2 runs per experiment. Weights, biases, parameters and multiply-adds are counted without a
run.

## value

The claim: a quantity has the reported figure. A figure covers a range of numbers: `62k` covers all numbers that round
to it, and `60~70` all numbers in between (`deepstudy.study.reported.stands_for`).

The runs give a prediction interval for one more run, mean ± t s sqrt(1 + 1/n), with a moderated spread s. It needs at
least 3 runs. The claim is
supported if the figure and the interval overlap, and contradicted if they do not.

A very wide interval supports nothing. The most that it may reach either way is:

* 3 points for an accuracy;
* 3 epochs or 10 % of the figure, whichever is larger, for a number of epochs;
* 10 % of the figure for any other quantity.

## saturates

The claim: accuracy gains less than `margin` after epoch `by`. The gain is the mean accuracy of the last quarter of the
epochs minus the mean of three epochs around `by`. Those three epochs do not count as part of the last quarter.

## overtakes

The claim: one experiment starts below another and ends above it. It must be below at epoch 1. It must be above in the
last quarter of the epochs, or after epoch `after` if the claim names one. Both differences are tested as in `compare`.

## drops

The claim: accuracy falls by `by` points at an epoch, and recovers after `regained_after` epochs. The fall and the
number of epochs are each decided like `value`.

## gap

The claim: the accuracy on one split minus the accuracy on another split of the same run is above or below `margin`. The
interval is Student's interval of the mean difference over runs, with a moderated variance.

## exceeds

The claim: a quantity of one experiment is above or below `level`. The interval is Student's interval of the mean over
runs, with a moderated variance.

## Which runs count

* A run counts if it has finished an epoch and did not fail.
* Claims about the whole training count only complete runs with the same number of epochs. These are claims about the
  best accuracy, saturation, epochs to an accuracy, overtaking, and total time.
* Claims about one epoch count every run that has reached it.
* A budget may have fewer epochs than a claim names. A comparison is then decided at the last epoch of the budget, and
  its reason says so. Figures of the report are not comparable.
* If a run never reaches an accuracy, a claim about the epochs to that accuracy is undecided.

The reason of a verdict says how many runs it does not count.

## Correction for several claims

The p-values of the report's claims are corrected together (Holm 1979). So the chance that any of these verdicts is
wrong stays below 5 %. Our own claims are corrected apart from them. A claim is undecided if it is significant only
without the correction.

* Claims about the same difference or mean are one test: one interval decides all of them.
* Claims that need no run, such as counts, are no tests.
* Intervals are not corrected.
* A reported figure inside its prediction interval is not a test, so it is not corrected.
* An undecided verdict names the number of seeds that would decide the claim with a power of 80 %. That number assumes
  the effect and the spread of the runs so far, and the level that the correction leaves.

## Looking after every seed

`deepstudy run STUDY --until decided` looks after every seed, and stops when the claims are decided. Each look would add
a chance of a wrong verdict. So a look at n seeds may use only 1 / (n (n - 1)) of the level: half of it at 2 seeds, a
sixth at 3, a twelfth at 4 (alpha spending, Lan and DeMets 1983). These parts add up to 1. So the chance of a wrong
verdict stays below 5 %, whenever one stops. A claim that was decided stays decided.

## What these rules cost and give

Simulated studies without any effect, 10,000 for each case: 3 to 10 experiments, 2 to 5 seeds, equal and unequal
spreads, normal runs, heavy tails and ties. A wrong verdict is given in 0 to 5 % of them. Only skewed runs with very
unequal spreads give more: up to 10 %, as every t-test does. With 6 experiments whose spreads differ a little, an effect
of 2.5 spreads is found in 20 % of comparisons with 2 seeds, 53 % with 3 and 83 % with 5. Pairs of seeds, where seeds do
not matter, find 16, 40 and 76 %.

Means over a few seeds are treated as normal, because a bootstrap over three to five seeds gives intervals that are far
too narrow. Intervals end at the limits of their quantity: an accuracy at 0 and 100, a time at 0.

## Not comparable

The verdict then gives both numbers and the reason.

* Reported figures are not comparable with runs under a budget, with `--set`, or on another copy of the data.
* Times are comparable only between runs that took turns (`deepstudy run --timing`) on a machine that no other run used.
  The times of the report are never comparable.
* Experiments on different images are not comparable, unless the images are their only difference. The claim is then
  about the images.

## Sources

* Lan, K. K. G., and DeMets, D. L. (1983). Discrete sequential boundaries for clinical trials. Biometrika 70.
* Holm, S. (1979). A simple sequentially rejective multiple test procedure. Scandinavian Journal of Statistics 6.
* McNemar, Q. (1947). Note on the sampling error of the difference between correlated proportions or percentages.
  Psychometrika 12.
* Schuirmann, D. J. (1987). A comparison of the two one-sided tests procedure and the power approach for assessing the
  equivalence of average bioavailability. Journal of Pharmacokinetics and Biopharmaceutics 15.
* Smyth, G. K. (2004). Linear models and empirical Bayes methods for assessing differential expression in microarray
  experiments. Statistical Applications in Genetics and Molecular Biology 3.
* Welch, B. L. (1947). The generalization of "Student's" problem when several different population variances are
  involved. Biometrika 34.
"""

# decide.py       from claims and records to verdicts
# forms.py        how each form of a claim is decided
# comparable.py   what is comparable
# records.py      the records of a study, and which of them count
# looks.py        verdicts although somebody looked after every seed
# image_noise.py  whether a difference could come from the choice of images
# quantities.py   the quantities of runs
# estimates.py    a quantity of all experiments, and what it says about those of a claim
# prior.py        what the spreads of experiments say about each other
# seed_effects.py whether runs with the same seed are alike
# samples.py      estimates, intervals, p-values
# verdict.py      a verdict, and Holm's correction
# formatting.py   numbers, intervals and claims as text
#
# Never torch.

from deepstudy.verdicts.decide import decide, layers_of_study, values_of
from deepstudy.verdicts.estimates import Estimates
from deepstudy.verdicts.formatting import format_interval, format_number
from deepstudy.verdicts.quantities import count_in, saturation_epoch
from deepstudy.verdicts.records import COUNTS, TIMES, Layers, by_experiment, recorded_experiment, records_that_count
from deepstudy.verdicts.verdict import Verdict, VerdictWord

__all__ = [
    "COUNTS",
    "TIMES",
    "Estimates",
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
