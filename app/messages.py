"""What the parts of the window have to say to the person, in the banner: failures, notices, sentences with a level."""

from PySide6.QtCore import QObject, SignalInstance, Slot

from app.session.records import Failure
from app.widgets.banner import Banner


class Messages(QObject):
    """Signals are given to it; from then on the person is told."""

    def __init__(self, banner: Banner, parent: QObject) -> None:
        super().__init__(parent)
        self._banner = banner

    def tell_failures(self, *signals: SignalInstance) -> None:
        """Of a Failure each."""
        for signal in signals:
            signal.connect(self._failure)

    def tell_notices(self, *signals: SignalInstance) -> None:
        """Of a Failure that is none: something was done in another way."""
        for signal in signals:
            signal.connect(self._notice)

    def tell(self, *signals: SignalInstance) -> None:
        """Of a sentence and the banner's word for it."""
        for signal in signals:
            signal.connect(self._sentence)

    @Slot(object)
    def _failure(self, failure: Failure) -> None:
        self._banner.say(failure.sentence)

    @Slot(object)
    def _notice(self, failure: Failure) -> None:
        self._banner.say(failure.sentence, "notice")

    @Slot(str, str)
    def _sentence(self, sentence: str, level: str) -> None:
        self._banner.say(sentence, level)
