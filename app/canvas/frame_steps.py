"""What is done with the frame in hand as a whole: undo and redo, accepting, thresholds, a copy of the frame before."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from app.canvas.editing import Editing
from app.project.project_session import ProjectSession
from app.session.clip_session import ClipSession
from app.session.inference_control import InferenceControl

if TYPE_CHECKING:
    from core.masks.edit import Edit
    from core.project import Project, StepResult
    from core.types import GrayImage


class FrameSteps(QObject):
    """Each call is one undo step, or undoes one. Belongs to the window's thread."""

    def __init__(
        self,
        editing: Editing,
        session: ClipSession,
        inference: InferenceControl,
        project: ProjectSession,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._editing, self._session = editing, session
        self._inference, self._project = inference, project

    # Undo and redo

    @Slot()
    def undo(self) -> None:
        """Undo the last step of the frame on screen; a stroke in hand, or what a tool is about to do, comes first."""
        self._step(forward=False)

    @Slot()
    def redo(self) -> None:
        """Do again what was undone last on the frame on screen."""
        self._step(forward=True)

    def _step(self, forward: bool) -> None:
        editing, index = self._editing, self._editing.index
        if editing.editor is None:
            return
        if editing.editor.painting:
            editing.cancel_stroke()
        elif editing.computing:
            editing.cancel_computing()
        elif not editing.available:
            return  # another frame is on its way: a step of the one that is left would be undone unseen
        elif self._project.clip_id is None and not editing.has_changes:
            self._tell_step(None, index, forward)
        else:
            self._project.change(
                lambda project, clip: project.redo(clip, index) if forward else project.undo(clip, index),
                lambda result: self._tell_step(result, index, forward),
                frames=lambda result: () if result is None else result.changed,
                name="Redo" if forward else "Undo",
            )

    def _tell_step(self, result: "StepResult | None", index: int, forward: bool) -> None:
        if result is None:
            self._editing.say(f"There is nothing to {'redo' if forward else 'undo'} on frame {index}.")
        elif len(result.changed) > 1 or result.kept:
            self._editing.say(_step_sentence(result, index, forward))

    # States

    def accept(self) -> bool:
        """Freeze the mask on screen as ground truth. Returns whether it is, or is about to be, accepted."""
        editing, index = self._editing, self._editing.index
        editor = editing.editor
        if editor is None or not editing.available:
            return False
        if editor.accepted:
            return True
        if not editing.may_change():
            return False
        if editor.saliency is None and not editor.has_corrections:
            editing.say(f"Frame {index} has no prediction and no correction yet: there is no mask to accept.")
            return False
        editing.finish_stroke()
        mask = editor.mask.copy()
        self._project.change(
            lambda project, clip: project.accept(clip, index, mask), frames=[index], name="Accept"
        )
        return True

    @Slot()
    def accept_and_go_on(self) -> None:
        """Accept, then show the next frame; what a tool is computing comes first."""
        if self._editing.computing:
            self._editing.after_computing(self.accept_and_go_on)
        elif self.accept():
            self._session.step(1)

    @Slot()
    def unaccept(self) -> None:
        """Take the acceptance of the frame back."""
        editor, index = self._editing.editor, self._editing.index
        if editor is None or not self._editing.available:
            return
        if editor.accepted and not self._project.read_only:
            self._project.change(
                lambda project, clip: project.unaccept(clip, index),
                frames=[index],
                name="Take acceptance back",
            )

    @Slot()
    def needs_work(self) -> None:
        """Mark the frame for later; an accepted one can be changed again."""
        index = self._editing.index
        if self._editing.available and not self._project.read_only:
            self._editing.finish_stroke()
            self._project.change(
                lambda project, clip: project.needs_work(clip, index), frames=[index], name="Needs work"
            )

    # The whole mask

    def set_threshold(self, threshold: float, frames: range | None = None) -> None:
        """Keep a threshold, 0 to 1, for the frame on screen or for all of `frames` that are not accepted."""
        if not self._may_set_threshold(frames):
            self._editing.let_threshold_go()
            self._editing.reload()
            return
        index = self._editing.index

        def work(project: "Project", clip: int) -> None:
            accepted = {frame for frame, record in project.frames(clip).items() if record.has_accepted}
            free = [frame for frame in frames or (index,) if frame not in accepted]
            if free:
                project.set_threshold(clip, free, threshold)

        self._project.change(work, lambda _: self._editing.let_threshold_go(), name="Threshold")

    def _may_set_threshold(self, frames: range | None) -> bool:
        """An accepted frame on screen stands in the way of itself alone."""
        if frames is not None and not self._project.read_only:
            return self._editing.editor is not None
        return self._editing.may_change()

    @Slot()
    def copy_previous(self) -> None:
        """Make the mask that of the frame before."""
        editing, index = self._editing, self._editing.index
        if editing.editor is None or not editing.may_change():
            return
        if index < 1:
            editing.say("The first frame has no frame before it to copy from.")
            return
        prediction = self._inference.store.get(index - 1)
        saliency = prediction.saliency_u8 if prediction is not None else None

        def found(mask: "GrayImage | None") -> None:
            if mask is None:
                editing.say(
                    f"Frame {index - 1} has no prediction and no correction yet: there is no mask to copy."
                )
            elif index == editing.index:
                editing.apply("Copy of the frame before", lambda layer, _: _copied(layer, mask))

        self._project.read(lambda work, _: work.mask(index - 1, saliency), found)


def _step_sentence(result: "StepResult", index: int, forward: bool) -> str:
    """What a step over several frames did, told on the one that is on screen."""
    others = len(result.changed) - (index in result.changed)
    words = f"{result.name} {'done again' if forward else 'undone'}, also on {others} other frames"
    if result.kept:
        words += f"; {len(result.kept)} were left alone because they were changed afterwards"
    return f"{words}."


def _copied(layer: "GrayImage", mask: "GrayImage") -> "Edit":
    from core.masks.tools.take_over import copy_mask

    return copy_mask(layer, mask)
