"""Takes docs/images: the real window on a clip, dark and light. `python docs/take_screenshots.py CLIP [FRAME]`."""

import os
import sys
import tempfile
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from PySide6.QtCore import QTimer  # noqa: E402  the platform has to be named first
from PySide6.QtWidgets import QApplication  # noqa: E402

from app.main_window import MainWindow  # noqa: E402
from app.session.records import InferenceState  # noqa: E402
from app.settings import Settings  # noqa: E402
from app.theme import Theme  # noqa: E402
from core.resources import default_weights_path  # noqa: E402

PICTURES = (("dark", "window.png"), ("light", "window-light.png"))


def take(clip: Path, index: int) -> None:
    """Open the clip, wait until all of it is predicted, show the frame, save one picture a theme."""
    application = QApplication([])
    application.setQuitOnLastWindowClosed(False)
    theme = Theme(application, "dark")
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(tour_seen=True)
        window = MainWindow(settings, Path(folder) / "settings.json", theme, default_weights_path())
        window.resize(1440, 900)
        window.show()
        window.opening.open(clip)
        poll = QTimer(interval=500)

        def look() -> None:
            if window.inference.state is InferenceState.DONE:
                poll.stop()
                window.session.go(index)
                QTimer.singleShot(1500, shoot)

        def shoot() -> None:
            (ROOT / "docs" / "images").mkdir(exist_ok=True)
            for name, file in PICTURES:
                theme.choose(name)
                for _ in range(20):
                    application.processEvents()
                window.grab().save(str(ROOT / "docs" / "images" / file))
            window.stopped.connect(application.quit)
            window.close()

        poll.timeout.connect(look)
        poll.start()
        application.exec()


if __name__ == "__main__":
    take(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 0)
