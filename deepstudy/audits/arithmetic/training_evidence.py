"""What a document says of the course of training: its logs, and the settings that it states.

Several rules follow a run from step to step and from epoch to epoch. They share one reading, as a log may be long.
"""

from dataclasses import dataclass

from deepstudy.audits.evidence import Evidence
from deepstudy.audits.reading.document import ReportDocument
from deepstudy.audits.reading.training.run_settings import RunSettings, read_run_settings
from deepstudy.audits.reading.training.training_logs import TrainingLog, read_training_logs


@dataclass(frozen=True)
class TrainingEvidence:
    """The course of training, as a document shows it.

    Attributes:
        logs: its training logs, those of tables last.
        settings: the batch sizes, lengths of runs and learning rates that it states.
    """

    logs: tuple[TrainingLog, ...]
    settings: RunSettings

    @property
    def printed(self) -> list[TrainingLog]:
        """The logs that programs printed, without tables."""
        return [log for log in self.logs if log.kind == "printed"]


#: The last document that was read: rules are applied to one after the other.
_latest: list[tuple[ReportDocument, TrainingEvidence]] = []


def read_training(evidence: Evidence) -> TrainingEvidence:
    """Read the logs and settings of a document.

    Arguments:
        evidence: what the document says.

    Returns:
        Its logs and settings; nothing of a study, which has no document.
    """
    document = evidence.document
    if document is None:
        return TrainingEvidence((), RunSettings())
    if not _latest or _latest[0][0] is not document:
        logs = read_training_logs(document, evidence.layout, evidence.statements)
        logged = [line.line for log in logs for line in log.lines]
        _latest[:] = [(document, TrainingEvidence(tuple(logs), read_run_settings(document, logged)))]
    return _latest[0][1]
