"""DeepStudy makes a lab report executable. The verbs are functions: `deepstudy.run`, `deepstudy.report`."""

__version__ = "0.1.0"
