"""What of the grader lies in the box: the worker, the form of its messages, and the stand-in for ``lib.teach``."""
