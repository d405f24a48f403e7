"""The About box: what the program is, its version, and what it is made of."""

import platform
from importlib import metadata

from PySide6.QtCore import Qt, qVersion
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.icons import pixmap


class AboutBox(QDialog):
    """Not modal."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("About CAG-DDE Studio")
        sign = QLabel()
        sign.setPixmap(pixmap("app", "#000000", 72))
        sign.setAlignment(Qt.AlignmentFlag.AlignTop)
        words = QLabel(
            f"<h3>CAG-DDE Studio {version()}</h3>"
            "<p>Video saliency from appearance and motion, with the network's confidence in each.</p>"
            "<p>Method: <i>Confidence-guided adaptive gate and dual differential enhancement for "
            "video salient object detection</i>, ICME 2021, "
            "arXiv 2105.06714.</p>"
            "<p>Apache License 2.0. Built with Qt and PySide (LGPL 3), FFmpeg through PyAV, OpenCV, PyTorch and "
            "OpenVINO.</p>"
            f"<p>Python {platform.python_version()}, Qt {qVersion()}, {platform.system()}</p>"
        )
        words.setWordWrap(True)
        words.setMinimumWidth(360)
        row = QHBoxLayout()
        row.setSpacing(18)
        row.addWidget(sign)
        row.addWidget(words, 1)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 20, 14)
        column.addLayout(row)
        column.addWidget(buttons)


def version() -> str:
    """The installed version; a checkout that is not installed has none."""
    try:
        return metadata.version("cagdde-studio")
    except metadata.PackageNotFoundError:
        return "(not installed)"
