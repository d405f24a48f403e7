"""The person's settings in the running window: applied at the start, changed in the dialog, saved at once."""

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtWidgets import QWidget

from app.actions import Actions
from app.preferences.dialog import SettingsDialog
from app.preferences.keeper import SettingsKeeper
from app.session.choice_probe import ChoiceProbe, PredictionChoices
from app.session.clip_session import ClipSession
from app.session.inference_control import InferenceControl
from app.session.worker_thread import ThreadPark
from app.settings import Settings
from app.widgets.banner import Banner


class Preferences(QObject):
    """Owns the dialog while it is open, and the keeper that writes the settings."""

    def __init__(
        self,
        actions: Actions,
        settings: Settings,
        keeper: SettingsKeeper,
        session: ClipSession,
        inference: InferenceControl,
        park: ThreadPark,
        banner: Banner,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._actions, self._settings, self._keeper = actions, settings, keeper
        self._session, self._inference, self._park = session, inference, park
        self._banner, self._window = banner, window
        self._choices: PredictionChoices | None = None
        self._told_before_leaving = False
        self.dialog: SettingsDialog | None = None
        session.set_cache_bytes(settings.cache_mib << 20)
        inference.set_settings(settings.inference())
        actions.settings.triggered.connect(self.show)
        actions.change_keys.triggered.connect(self.show_keys)
        actions.put_to_use("settings", "change_keys")
        actions.keys_changed.connect(self._keys_changed)
        keeper.failed.connect(banner.say)
        for action in [actions.loop, *actions.themes.values(), *actions.layouts.values()]:
            action.triggered.connect(keeper.changed)

    @Slot()
    def show(self) -> None:
        """Open the dialog, or bring it to the front."""
        if self.dialog is None:
            self.dialog = SettingsDialog(
                self._settings, self._actions, self._inference, self._session, self._window
            )
            self.dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            self.dialog.changed.connect(self._keeper.changed)
            self.dialog.finished.connect(self._dialog_closed)
            self.look_again()
        self.dialog.show()
        self.dialog.raise_()
        self.dialog.activateWindow()

    @Slot()
    def show_keys(self) -> None:
        """Open the dialog at its page of keys."""
        self.show()
        assert self.dialog is not None
        self.dialog.show_keys()

    def may_leave(self) -> bool:
        """Save for the last time. Where that fails it is said once in the window, which then stays open."""
        sentence = self._keeper.save_now()
        if sentence is None or self._told_before_leaving:
            return True
        self._told_before_leaving = True
        self._banner.say(f"{sentence} Close the window again to leave without saving them.")
        return False

    @Slot()
    def look_again(self) -> None:
        """What can predict may have changed: weights were imported or deleted."""
        if self.dialog is None:
            return
        if self._choices is not None:
            self.dialog.offer(self._choices)
        probe = ChoiceProbe()
        probe.found.connect(self._choices_found)
        self._park.launch(probe, "choices")

    @Slot(object)
    def _choices_found(self, choices: PredictionChoices) -> None:
        self._choices = choices
        if self.dialog is not None:
            self.dialog.offer(choices)

    @Slot()
    def _dialog_closed(self) -> None:
        self.dialog = None

    @Slot()
    def _keys_changed(self) -> None:
        self._settings.keys = self._actions.key_map.stored()
        self._keeper.changed()
