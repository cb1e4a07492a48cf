"""Which images a program trained on and scored, and how."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from deepstudy.findings import Finding
from deepstudy.watching.evidence import ProgramEvidence, capital
from deepstudy.watching.recording import Round

_MOST = 40  # rows


@dataclass(frozen=True)
class ImageUse:
    """Rounds that use the same images in the same way.

    Attributes:
        trained: whether the images were trained on; else they were scored.
        split: `train`, `validation`, `test` or `unknown`.
        data: what the images are, in words.
        network: the name of the network's class.
        where: the place of the first pass.
        loader: the place where its loader was made; "" without a loader.
        rounds: how many rounds.
        images: how many images a round: `400` or `398 to 400`.
        overlap: the share of scored images that had been trained on, in words; "" if it is not known.
        mode: `training`, `eval` or `both`, with what was active.
        random: the random changes of the images, in words.
        order: `shuffled` or `in order`; "" without a loader.
    """

    trained: bool
    split: str
    data: str
    network: str
    where: str
    loader: str
    rounds: int
    images: str
    overlap: str
    mode: str
    random: str
    order: str


def image_uses(evidence: ProgramEvidence) -> list[ImageUse]:
    """Sum up the rounds of a program.

    Arguments:
        evidence: the program.

    Returns:
        One entry for the rounds of one network at one place with one kind of images; training comes first.
    """
    groups: dict[tuple[object, ...], list[Round]] = defaultdict(list)
    places: dict[tuple[object, ...], str] = {}
    for each in evidence.rounds:
        kind = not each.trained, evidence.network(each.network).kind, evidence.split_name(each)
        places[kind] = each.where or places.get(kind, "")  # the place of a short round is not always known
        groups[*kind, places[kind]].append(each)
    return [_sum_up(evidence, groups[key]) for key in sorted(groups, key=lambda key: (key[0], groups[key][0].start))][
        :_MOST
    ]


def findings_about(use: ImageUse, uses: Sequence[ImageUse], findings: Sequence[Finding]) -> list[int]:
    """Find the findings about images: those that name them, or their place and no other images.

    Arguments:
        use: the images.
        uses: all images of the program.
        findings: what was found.

    Returns:
        The numbers of the findings, from 1.
    """
    found = []
    for number, finding in enumerate(findings, 1):
        says = finding.says.lower()
        named = {each.data.lower() for each in uses if each.data.lower() in says}
        named = {each for each in named if not any(each in other and each != other for other in named)}
        if use.data.lower() in named or (not named and finding.where in (use.where, use.loader)):
            found.append(number)
    return found


def _sum_up(evidence: ProgramEvidence, rounds: list[Round]) -> ImageUse:
    last = rounds[-1]
    counts = sorted({evidence.images(each) for each in rounds})
    share, compared = (0.0, 0) if last.trained else evidence.trained_share(last)
    loader = evidence.loader(last)
    return ImageUse(
        last.trained,
        evidence.role(last),
        capital(evidence.describe(last)),
        evidence.network(last.network).kind,
        rounds[0].where,
        "" if loader is None else loader.where,
        len(rounds),
        f"{counts[0]:,}" if len(counts) == 1 else f"{counts[0]:,} to {counts[-1]:,}",
        f"{100 * share:.{0 if share in (0, 1) or share >= 0.01 else 2}f} % of {compared:,}" if compared else "",
        _mode(evidence, rounds),
        _random(evidence, rounds),
        "" if loader is None else "shuffled" if loader.shuffled else "in order",
    )


def _mode(evidence: ProgramEvidence, rounds: list[Round]) -> str:
    """In which mode the network was, and in a scored round what of it changes the result."""
    passes = sum(len(evidence.program.array(each, "sizes")) for each in rounds)
    training = sum(each.in_training_mode for each in rounds)
    mode = "training" if training == passes else "both" if training else "eval"
    active = [
        name
        for name, times in (
            ("dropout", sum(each.with_dropout for each in rounds)),
            ("batch statistics", sum(each.with_batch_statistics for each in rounds)),
        )
        if times and not rounds[0].trained
    ]
    return f"{mode}, with {' and '.join(active)}" if active else mode


def _random(evidence: ProgramEvidence, rounds: list[Round]) -> str:
    """The random changes of the images: the steps of the transform that draw, or what was seen to change."""
    steps = [step.partition("(")[0] for dataset in evidence.datasets(rounds[-1]) for step in dataset.random_transforms]
    if steps:
        return ", ".join(dict.fromkeys(steps))
    varied, compared = max((each.varied, each.compared) for each in rounds)
    return f"{varied:,} of {compared:,} images changed" if varied > 0 else "none seen"
