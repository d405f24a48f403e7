"""What the program remembers between runs: one JSON file, written whole or not at all. No widgets here."""

import logging
import os
import tempfile
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
import platformdirs

from core.inference.settings import InferenceSettings

MOST_RECENT = 12
_log = logging.getLogger(__name__)


class Settings(msgspec.Struct, kw_only=True):
    """Remembered choices. Unknown fields of a newer version are ignored, missing ones take these defaults.

    geometry, docks: Qt's own saved states, base64. layout: how the panes are arranged. hidden_panes: closed panes
    by key. main_pane: the pane that is large or alone. splits: divider positions per layout, 0 to 1.
    mask_mode, mask_opacity (percent): the mask over the picture.
    brush_diameter, morphology_radius (frame pixels), wand_tolerance (CIELAB), brush_threshold (0 to 255): the tools.
    start_with: what is opened when the program starts without a clip. brush_step: how much larger a step makes the
    brush, percent. pen_pressure: whether a pen's pressure counts; pen_least: share of the brush that the lightest
    touch paints, percent. device, runtime, flow: what predicts, and from which optical flow. cache_mib: decoded frames
    in memory.
    propagation_frames: how far a mask is carried where no range is marked. export_what, export_clips, export_form,
    export_folder, import_as, import_first, import_folder: what was chosen last in those dialogs.
    keys: the person's own keys by command, as app.preferences.key_map reads them: not typed here, so that a damaged
    entry costs no other setting.
    """

    theme: Literal["system", "dark", "light"] = "system"
    layout: Literal["grid", "strip", "alone"] = "grid"
    main_pane: str = "rgb"
    hidden_panes: list[str] = []
    splits: dict[str, tuple[float, float]] = {}
    mask_mode: Literal["tint", "outline", "cut-out", "heat", "onion", "off"] = "tint"
    mask_opacity: int = 55
    brush_diameter: int = 40
    wand_tolerance: int = 12
    brush_threshold: int = 128
    morphology_radius: int = 3
    loop: bool = False
    recent: list[str] = []
    geometry: str = ""
    docks: str = ""
    tour_seen: bool = False
    start_with: Literal["sample", "last", "nothing"] = "sample"
    brush_step: Annotated[int, msgspec.Meta(ge=2, le=100)] = 15
    pen_pressure: bool = True
    pen_least: Annotated[int, msgspec.Meta(ge=5, le=100)] = 20
    device: Literal["auto", "cpu", "cuda", "mps"] = "auto"
    runtime: Literal["auto", "torch", "openvino"] = "auto"
    flow: Literal["dis", "raft-small", "raft-large"] = "dis"
    cache_mib: Annotated[int, msgspec.Meta(ge=32, le=65536)] = 192
    propagation_frames: Annotated[int, msgspec.Meta(ge=1, le=1000)] = 30
    export_what: Literal["accepted", "all"] = "accepted"
    export_clips: Literal["shown", "all", "marked"] = "shown"
    export_form: Literal["davis", "pairs", "coco", "video", "csv"] = "davis"
    export_folder: str = ""
    import_as: Literal["accepted", "corrected"] = "accepted"
    import_first: int = 0
    import_folder: str = ""
    keys: Any = msgspec.field(default_factory=dict)

    def inference(self) -> InferenceSettings:
        """How frames are predicted. A device and a runtime that exclude each other leave the runtime open."""
        runtime = "auto" if self.device in ("cuda", "mps") else self.runtime
        return InferenceSettings(device=self.device, runtime=runtime, flow=self.flow)

    def remember(self, path: Path) -> None:
        """Put `path` at the head of the recent files."""
        text = str(path)
        self.recent = [text, *(other for other in self.recent if other != text)][:MOST_RECENT]


def settings_path() -> Path:
    """Where the settings of this user are."""
    return Path(platformdirs.user_config_dir("cagdde-studio", appauthor=False)) / "settings.json"


def load_settings(path: Path) -> tuple[Settings, str | None]:
    """Read the settings.

    Returns:
        The settings, and None, or one sentence for the person if the file could not be used. A damaged file is
        kept under another name.
    """
    try:
        return msgspec.json.decode(path.read_bytes(), type=Settings), None
    except FileNotFoundError:
        return Settings(), None
    except OSError as error:
        return Settings(), f"The settings in {path} cannot be read ({error.strerror}): defaults are used."
    except msgspec.DecodeError as error:
        _log.warning("settings in %s: %s", path, error)
        return Settings(), f"The settings in {path} are damaged: defaults are used{_set_aside(path)}."


def _set_aside(path: Path) -> str:
    kept = path.with_suffix(".damaged.json")
    try:
        path.replace(kept)
    except OSError as error:
        _log.warning("%s cannot be renamed: %s", path, error)
        return ""
    return f", the old file is kept as {kept.name}"


def save_settings(settings: Settings, path: Path) -> str | None:
    """Write the settings to a sibling file, then replace the old one.

    Returns:
        None, or one sentence for the person if they could not be written.
    """
    return write_settings(encoded(settings), path)


def encoded(settings: Settings) -> bytes:
    """The settings as they stand in the file."""
    return msgspec.json.format(msgspec.json.encode(settings), indent=2)


def write_settings(data: bytes, path: Path) -> str | None:
    """Write encoded settings as save_settings does. May be called from any thread."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _write_whole(path, data)
    except OSError as error:
        _log.warning("settings in %s: %s", path, error)
        return (
            f"The settings cannot be saved in {path.parent} ({error.strerror}): check space and permissions."
        )
    return None


def _write_whole(path: Path, data: bytes) -> None:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.name, suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, path)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise
