"""Going through a clip: what stands for each frame, and which one to look at next. Light: loads no OpenCV, no torch."""

from core.review.status import FrameStatus, find_unreviewed, frame_statuses, most_urgent
from core.review.suggestion import suggest_next

__all__ = ["FrameStatus", "find_unreviewed", "frame_statuses", "most_urgent", "suggest_next"]
