"""The project file, .cagdde: clips, corrections, accepted masks and their undo journal. No window, no inference."""

from core.project.project import Project
from core.project.records import (
    DEFAULT_THRESHOLD,
    ClipPlace,
    ClipRecord,
    Finding,
    FrameRecord,
    FrameState,
    HistoryEntry,
    Note,
    Run,
    StepResult,
)
from core.project.recover import RecoveryReport, recover

__all__ = [
    "DEFAULT_THRESHOLD",
    "ClipPlace",
    "ClipRecord",
    "Finding",
    "FrameRecord",
    "FrameState",
    "HistoryEntry",
    "Note",
    "Project",
    "RecoveryReport",
    "Run",
    "StepResult",
    "recover",
]
