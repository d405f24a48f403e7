"""Finetuning on corrected clips: snapshot, training, choice and report. The parts are imported from their modules.

Nothing is imported here: the training part runs where there is neither a video library nor a project.
"""
