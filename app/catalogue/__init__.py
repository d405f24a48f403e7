"""Every command of the window: its words, its keys, its icon. Plain data, made into actions by app.actions.

A new command goes into the module of its group; a new group into GROUPS too.
"""

from app.catalogue import correct, file, finetune, playback, review, view, window
from app.catalogue.command import Command, Gesture

COMMANDS: tuple[Command, ...] = (
    *file.COMMANDS,
    *playback.COMMANDS,
    *review.COMMANDS,
    *view.COMMANDS,
    *correct.COMMANDS,
    *finetune.COMMANDS,
    *window.COMMANDS,
)
GESTURES: tuple[Gesture, ...] = (*review.GESTURES, *view.GESTURES, *correct.GESTURES)

GROUPS = (
    "File",
    "Project",
    "Playback",
    "Review",
    "Correct",
    "Jobs",
    "Model",
    "View",
    "Mask",
    "Panes and layout",
    "Window",
)
"""In the order of key sheet and key editor."""
