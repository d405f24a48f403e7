"""The dialog of an export: which masks, of which clips, in which form, where to. It starts nothing itself."""

from pathlib import Path
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QFileDialog, QWidget

from app.exchange.exchange_dialog import ExchangeDialog
from app.exchange.form_parts import Choices, PathRow
from app.exchange.records import ExportChoice, ExportFacts, Scope
from app.settings import Settings

if TYPE_CHECKING:
    from core.exchange.project_formats import ExportFormat

_WHAT = {
    "accepted": ("&Accepted frames", "ground truth alone"),
    "all": ("A&ll frames", "the model's masks under your corrections where nothing is accepted"),
}
_CLIPS = {
    "shown": ("&This clip", ""),
    "all": ("All &clips of the project", ""),
    "marked": ("The &marked range", "no range is marked on the timeline"),
}


class ExportDialog(ExchangeDialog):
    """Opened over the window; `wanted` follows once everything is chosen.

    clip: the shown clip's name. facts come later, by `show_facts`. marked: the marked range.
    """

    wanted = Signal(object)
    """ExportChoice: it has to be checked; then `close`, `refuse` or `ask_overwrite` is called."""

    def __init__(
        self, clip: str, marked: range | None, settings: Settings, folder: Path, parent: QWidget
    ) -> None:
        super().__init__("Export", "E&xport", settings, parent)
        from core.exchange.report_words import FORM_WORDS

        self._name = clip
        self._facts: ExportFacts | None = None
        self._asking = False
        self.what = Choices("Masks", _WHAT, settings.export_what)
        self.clips = Choices("Clips", _CLIPS, settings.export_clips)
        self.clips.offer("shown", True, clip)
        if marked is not None:
            self.clips.offer("marked", True, f"frames {marked.start} to {marked.stop - 1} of {clip}")
        else:
            self.clips.offer("marked", False, _CLIPS["marked"][1])
        forms = {form: (_with_key(form, words), note) for form, (words, note) in FORM_WORDS.items()}
        self.form = Choices("Form", forms, settings.export_form)
        self.folder = PathRow("Folder", "Folder to export to", folder, self)
        self.folder.add_button("Choos&e…", QFileDialog.FileMode.Directory)
        self.folder.line.setText(str(folder / self._default_name()))
        self.arrange(
            ("Masks", self.what), ("Clips", self.clips), ("Form", self.form), ("Folder", self.folder)
        )
        self.what.changed.connect(self._show_forecast)
        self.clips.changed.connect(self._show_forecast)
        self.form.changed.connect(self._form_changed)
        self.folder.changed.connect(self._show_forecast)
        self.folder.picked.connect(self._picked)
        self._show_forecast()

    @property
    def choice(self) -> ExportChoice | None:
        """What is chosen, None while something is missing."""
        target = self.folder.path
        if target is None:
            return None
        form, scope = cast("ExportFormat", self.form.value), cast("Scope", self.clips.value)
        return ExportChoice(form, target, scope, self.what.value == "all", self._asking)

    def show_facts(self, facts: ExportFacts) -> None:
        """What there is to export is known now."""
        self._facts = facts
        count = len(facts.frames["all"])
        self.clips.offer(
            "all", count > 1, f"{count} clips" if count > 1 else "the project holds this one alone"
        )
        self._show_forecast()

    def refuse(self, sentence: str) -> None:
        """It cannot be done like this."""
        self.say(sentence)
        self.start.setEnabled(True)

    def ask_overwrite(self) -> None:
        """An earlier export is there: another press replaces it."""
        self._asking = True
        self.say("An earlier export lies in that folder. Replace all of it?")
        self.start.setText("&Replace it")
        self.start.setEnabled(True)

    def remember(self) -> None:
        """Let the next dialog begin with what is chosen in this one."""
        choice = self.choice
        if choice is not None:
            self._settings.export_form, self._settings.export_clips = choice.form, choice.scope
            self._settings.export_what = "all" if choice.everything else "accepted"
            self._settings.export_folder = str(choice.target.parent)

    def _default_name(self) -> str:
        return f"{self._name}-{self.form.value}"

    @Slot()
    def _form_changed(self) -> None:
        """The proposed name follows the form, as long as it is the proposed one."""
        path = self.folder.path
        names = {f"{self._name}-{form}" for form in self.form.buttons}
        if path is not None and path.name in names:
            self.folder.line.setText(str(path.parent / self._default_name()))
        self._show_forecast()

    @Slot(object)
    def _picked(self, chosen: Path) -> None:
        from core.exchange.project_export import folder_for

        self.folder.line.setText(str(folder_for(chosen, self._default_name())))

    @Slot()
    def _show_forecast(self) -> None:
        from core.exchange.report_words import export_forecast

        self._asking = False
        self.start.setText("E&xport")
        choice, facts = self.choice, self._facts
        words = "Counting frames…" if facts is None else ""
        ready = choice is not None and facts is not None
        if choice is None:
            words = "Choose a folder."
        elif facts is not None:
            counts = (facts.frames if choice.everything else facts.accepted)[choice.scope]
            words, ready = export_forecast(counts, choice.everything), any(counts.values())
            if ready and choice.everything:
                words += " Frames that are not predicted yet are predicted first."
        self.say(words)
        self.start.setEnabled(ready)

    @Slot()
    def ask(self) -> None:
        choice = self.choice
        if choice is not None and self.start.isEnabled():
            self.start.setEnabled(False)
            self.wanted.emit(choice)


def _with_key(form: str, words: str) -> str:
    key = {"davis": "D", "pairs": "I", "coco": "O", "video": "v", "csv": "S"}[form]
    return words.replace(key, f"&{key}", 1)
