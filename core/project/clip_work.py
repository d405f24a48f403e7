"""One clip and the project that keeps its corrections, which may be made at the first change only.

Strokes that the disk refuses stay here and are tried again, so that none is lost while the program runs. Which clip
and which project, others decide.
"""

from collections import deque
from pathlib import Path
from typing import NamedTuple

from core.errors import OutputError, ProjectError
from core.masks.frame_editor import FrameEditor
from core.masks.layer import compose_mask, empty_layer
from core.masks.patch import Patch, rebased
from core.project.project import Project
from core.project.records import DEFAULT_THRESHOLD, FrameRecord, FrameState
from core.types import GrayImage
from core.video import ClipInfo


class LazyProject:
    """A project file that is made when it is first needed. Belongs to one thread.

    named: the person chose its place; otherwise it is a draft that the program keeps for one clip.
    """

    def __init__(self, path: Path, named: bool, project: Project | None = None) -> None:
        self.path, self.named = path, named
        self.project = project

    def ready(self) -> Project:
        """The open project. Raises: OutputError when it cannot be made, ProjectError when it cannot be opened."""
        if self.project is None:
            if not self.path.exists():
                try:
                    self.path.parent.mkdir(parents=True, exist_ok=True)
                except OSError as error:
                    raise OutputError(
                        f"{self.path.parent} cannot be made ({error.strerror}): check the disk and your permission."
                    ) from error
                self.project = Project.create(self.path)
            else:
                self.project = Project.open(self.path)
        return self.project

    def tidy(self) -> None:
        """See Project.tidy."""
        if self.project is not None:
            self.project.tidy()

    def close(self) -> None:
        if self.project is not None:
            self.project.close()
            self.project = None


class _Stroke(NamedTuple):
    frame: int
    name: str
    patch: Patch


class ClipWork:
    """A clip in its project. Belongs to one thread.

    clip: the clip's number in the project, None while the project does not hold it.
    """

    def __init__(self, lazy: LazyProject, info: ClipInfo) -> None:
        self.lazy, self.info = lazy, info
        self.clip: int | None = None
        self._waiting: deque[_Stroke] = deque()

    @property
    def unsaved(self) -> int:
        """Strokes that the disk has refused so far."""
        return len(self._waiting)

    def attach(self) -> None:
        """Find the clip in the project, and add it where the person chose the project and it can be changed.

        Raises: ProjectError, OutputError.
        """
        if not self.lazy.named and not self.lazy.path.exists():
            return
        project = self.lazy.ready()
        known = [record.id for record in project.clips() if record.matches(self.info)]
        if known:
            self.clip = known[0]
        elif self.lazy.named and not project.read_only:
            self.clip = project.add_clip(self.info).id

    def ensure(self) -> tuple[Project, int]:
        """The project and the clip's number in it; both are made where they are missing."""
        project = self.lazy.ready()
        if self.clip is None:
            self.clip = project.add_clip(self.info).id
        return project, self.clip

    def records(self) -> dict[int, FrameRecord]:
        """Every frame that was touched."""
        if self.lazy.project is None or self.clip is None:
            return {}
        return self.lazy.project.frames(self.clip)

    def record(self, frame: int) -> FrameRecord:
        """One frame, as a predicted one if it was never touched."""
        if self.lazy.project is None or self.clip is None:
            pts_seconds = float(self.info.pts_seconds[frame])
            return FrameRecord(0, frame, pts_seconds, FrameState.PREDICTED, DEFAULT_THRESHOLD, False, False)
        return self.lazy.project.frame(self.clip, frame)

    def write_stroke(self, frame: int, name: str, patch: Patch) -> None:
        """Keep a change of one frame, on top of whatever its layer is by now.

        Raises:
            ProjectError: it can never be kept: the frame is accepted or the project read-only.
            OutputError: not now; it waits here, and `flush` tries again.
        """
        self._waiting.append(_Stroke(frame, name, patch))
        self.flush()

    def flush(self) -> None:
        """Write what is waiting, oldest first. Raises as write_stroke."""
        while self._waiting:
            stroke = self._waiting[0]
            try:
                self._commit(stroke)
            except ProjectError:
                self._waiting.popleft()
                raise
            self._waiting.popleft()

    def _commit(self, stroke: _Stroke) -> None:
        project, clip = self.ensure()
        patch = rebased(stroke.patch, project.layer(clip, stroke.frame))
        if patch is not None:
            project.commit(clip, stroke.frame, stroke.name, patch)

    def layer(self, frame: int) -> GrayImage:
        """The correction layer with the strokes that wait, uint8 HxW, not to be written to."""
        project, clip = self.lazy.project, self.clip
        layer = (
            empty_layer(self.info.size_hw) if project is None or clip is None else project.layer(clip, frame)
        )
        for stroke in self._waiting:
            if stroke.frame == frame:
                layer = layer.copy()
                changed = stroke.patch.before != stroke.patch.after
                layer[stroke.patch.rectangle.slices][changed] = stroke.patch.after[changed]
        return layer

    def accepted_mask(self, frame: int) -> GrayImage | None:
        """The frozen mask, uint8 HxW, 0 or 255; None where the frame is not accepted."""
        if self.lazy.project is None or self.clip is None:
            return None
        return self.lazy.project.accepted_mask(self.clip, frame)

    def editor(self, frame: int, saliency_u8: GrayImage | None) -> FrameEditor:
        """The frame ready to be corrected.

        Args:
            saliency_u8: uint8 of any size, None while there is no prediction.
        """
        threshold = self.record(frame).threshold
        return FrameEditor(self.layer(frame), threshold, saliency_u8, self.accepted_mask(frame))

    def mask(self, frame: int, saliency_u8: GrayImage | None) -> GrayImage | None:
        """The frame's mask, uint8 HxW, 0 or 255; None where nothing is known of it: no prediction, no correction."""
        accepted = self.accepted_mask(frame)
        if accepted is not None:
            return accepted
        layer = self.layer(frame)
        if saliency_u8 is None and not layer.any():
            return None
        return compose_mask(saliency_u8, layer, self.record(frame).threshold)
