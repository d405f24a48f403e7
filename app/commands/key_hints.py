"""Words in the window that name keys, outside menus and buttons: they follow when keys are changed."""

from PySide6.QtCore import QObject, Slot

from app.actions import Actions
from app.panes.mask_controls import MaskControls
from app.status_bar import StatusBar
from app.timeline.jump_field import JumpField

_MASK = "How the mask is shown ({next_mask_mode}: next, {outline}: outline, hold {peek}: picture alone)"


class KeyHints(QObject):
    """Writes the tooltips that name keys, now and whenever they change."""

    def __init__(self, actions: Actions, mask: MaskControls, jump: JumpField, status: StatusBar) -> None:
        super().__init__(actions)
        self._actions, self._mask, self._jump, self._status = actions, mask, jump, status
        actions.keys_changed.connect(self._show)
        self._show()

    @Slot()
    def _show(self) -> None:
        self._mask.set_tip(self._actions.with_keys(_MASK))
        self._jump.name_key(self._actions.with_keys("{jump}"))
        self._status.name_pause_key(self._actions.with_keys("{pause_inference}"))
