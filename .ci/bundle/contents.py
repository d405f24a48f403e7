"""What the bundle leaves out of what PyInstaller found, and what it strips. What it takes in is said in app.spec."""

import importlib.util
import re
import shutil
import subprocess
from collections import defaultdict
from fnmatch import fnmatch
from pathlib import Path, PurePath

Entry = tuple[str, str, str]
"""One file of the bundle, as PyInstaller lists it: place in the bundle, source, kind."""

EXCLUDED_MODULES = [
    "tkinter", "IPython", "matplotlib", "PyQt5", "PyQt6", "pytest", "_pytest", "hypothesis",
    "setuptools", "pkg_resources", "distutils", "wheel", "pip",
    "numpy.f2py", "pyqtgraph.examples", "pyqtgraph.opengl",
    "PySide6.QtNetwork", "PySide6.QtTest",
    "torch.utils.tensorboard", "torch.utils.cpp_extension",
    # The rest of torch.testing is imported by parts of torch that training needs.
    "torch.testing._internal.common_methods_invocations", "torch.testing._internal.generated",
    "torch.testing._internal.opinfo",
]  # fmt: skip
"""Tests, examples and builders that something imports if it is there, and Qt modules that only pyqtgraph asks for."""

MODULES_AS_FILES = dict.fromkeys(
    (
        "torch",
        "torchgen",
        "sympy",
        "mpmath",
        "networkx",
        "numpy",
        "pygments",
        "pyqtgraph",
        "pydantic",
        "rich",
    ),
    "pyc",
)
"""Packages that lie in the folder as .pyc files, once for both programs, and not in the archive of each."""

_READS_ITS_SOURCE = re.compile(
    r"install_config_module\(|import .*\b_overload\b|^\s*@.*(\b_overload(_method)?\b|jit\.script)",
    re.MULTILINE,
)
"""Where torch looks at a module's own source as it is imported."""

LEFT_OUT = {
    "torch: programs, tests": (
        "torch/bin/*test*", "torch/bin/*Test*", "torch/bin/protoc*", "torch/bin/*.ptl", "torch/bin/upgrader_models/*",
        "torch/test/*",
        "torch/lib/*torchbind_test*",
        "torch/lib/*jitbackend_test*",
        "torch/lib/*backend_with_compiler*",
        "torch/lib/*aoti_custom_ops*",
    ),
    "headers, sources, build files": (
        "*/include/*", "torch/share/*", "*/cmake/*",
        "*.a", "*.lib", "*.cmake", "*.h", "*.hpp", "*.cuh", "*.c", "*.cpp", "*.pxd", "*.pyx", "*.pyi",
    ),
    "OpenVINO: other devices": (
        "openvino/libs/*openvino_intel_gpu*",
        "openvino/libs/*openvino_intel_npu*",
        "openvino/libs/*openvino_auto*",
        "openvino/libs/*openvino_hetero*",
        "openvino/libs/cache.json",
    ),
    "OpenVINO: other model formats": (
        "openvino/libs/*_onnx_frontend*",
        "openvino/libs/*_paddle_frontend*",
        "openvino/libs/*_tensorflow_*frontend*",
        "openvino/libs/*_jax_frontend*",
        "openvino/libs/*_gguf_frontend*",
        "openvino/frontend/onnx/*",
        "openvino/frontend/paddle/*",
        "openvino/frontend/tensorflow/*",
        "openvino/frontend/jax/*",
        "*openvino_tensorflow_frontend*",
        "*openvino_jax_frontend*",
    ),
    "Qt: translations": ("PySide6/*translations/*",),
    "Qt: plugins for other places than a desktop": (
        "*/egldeviceintegrations/*", "*/generic/*", "*/networkinformation/*", "*/tls/*",
        "*/platforms/*eglfs*", "*/platforms/*linuxfb*", "*/platforms/*minimal*", "*/platforms/*vkkhr*",
        "*/platforms/*vnc*", "*/platforms/*direct2d*",
        # It draws half of GTK in, of this machine, and disagrees with the GTK of another.
        "*/platformthemes/*gtk3*",
    ),
    "Qt: picture formats that no icon has": tuple(
        f"*/imageformats/*q{name}.*" for name in ("tga", "tiff", "wbmp", "webp", "gif", "icns", "pdf")
    ),
    "OpenCV: its own Qt plugins, classifiers": ("cv2/qt/*", "cv2/data/*.xml"),
    "programs that made the resources": ("resources/*.py",),
    "where it was installed from": ("*.dist-info/direct_url.json", "*.dist-info/RECORD", "*.dist-info/INSTALLER"),
}  # fmt: skip
"""Patterns of places in the bundle, `*` standing for slashes as well."""

_STRIPPED = ("torch/lib/*", "libpython*")
"""Libraries whose symbol tables, which only debuggers read, are a fifth of them or more."""
_LENT = ("opencv_python.libs/", "av.libs/", "numpy.libs/", "PySide6/Qt/lib/")
"""Folders of libraries that are there for others."""


def modules_with_source() -> dict[str, str]:
    """Modules of torch that need their source beside them, as PyInstaller's collection modes."""
    found = importlib.util.find_spec("torch")
    assert found is not None
    assert found.origin is not None
    folder = Path(found.origin).parent
    modules: dict[str, str] = {}
    for path in folder.rglob("*.py"):
        place = path.relative_to(folder.parent).with_suffix("")
        if "_internal" not in place.parts and _READS_ITS_SOURCE.search(path.read_text(encoding="utf-8")):
            modules[".".join(part for part in place.parts if part != "__init__")] = "pyz+py"
    modules.pop("torch", None)  # it would speak for everything below it
    return modules


class LeftOut:
    """Filters PyInstaller's lists and counts what that saves."""

    def __init__(self) -> None:
        self._bytes: dict[str, int] = defaultdict(int)

    def filter(self, entries: list[Entry]) -> list[Entry]:
        """The entries that stay."""
        kept: list[Entry] = []
        gone: set[str] = set()
        for entry in entries:
            reason = _reason(entry[0])
            if reason is None:
                kept.append(entry)
            else:
                gone.add(_posix(entry[0]))
                self.count(reason, entry)
        return [entry for entry in kept if entry[2] != "SYMLINK" or _target(entry) not in gone]

    def count(self, reason: str, entry: Entry) -> None:
        source = Path(entry[1])
        self._bytes[reason] += source.stat().st_size if entry[2] != "SYMLINK" and source.is_file() else 0

    def report(self) -> str:
        """A line for each reason, MiB first."""
        rows = sorted(self._bytes.items(), key=lambda row: -row[1])
        return "".join(f"{size / 2**20:8.1f}  {reason}\n" for reason, size in rows)

    def without_unused(self, entries: list[Entry]) -> list[Entry]:
        """Without the libraries that only files needed which have been left out. For Linux."""
        from PyInstaller.depend import bindepend

        real = [entry for entry in entries if entry[2] in ("BINARY", "EXTENSION")]
        sources = {PurePath(entry[0]).name: entry[1] for entry in real}
        waiting = [entry[1] for entry in real if not _lent(entry)]
        needed: set[str] = set()
        while waiting:
            for name, _ in bindepend.get_imports(waiting.pop()):
                if (base := PurePath(name).name) in sources and base not in needed:
                    needed.add(base)
                    waiting.append(sources[base])
        unused = [entry for entry in real if _lent(entry) and PurePath(entry[0]).name not in needed]
        for entry in unused:
            self.count("libraries that only those needed", entry)
        gone = {_posix(entry[0]) for entry in unused}
        return [
            entry
            for entry in entries
            if _posix(entry[0]) not in gone and (entry[2] != "SYMLINK" or _target(entry) not in gone)
        ]

    def stripped(self, entries: list[Entry], folder: Path) -> list[Entry]:
        """The same files without symbol tables, as copies in a folder. For Linux, where `strip` is there."""
        if shutil.which("strip") is None:
            return entries
        return [self._stripped(entry, folder) for entry in entries]

    def _stripped(self, entry: Entry, folder: Path) -> Entry:
        place, source, kind = entry
        if kind != "BINARY" or not any(fnmatch(_posix(place), pattern) for pattern in _STRIPPED):
            return entry
        copy = folder / place
        copy.parent.mkdir(parents=True, exist_ok=True)
        subprocess.run(["strip", "--strip-unneeded", "-o", str(copy), source], check=True)
        self._bytes["symbol tables of torch and Python"] += Path(source).stat().st_size - copy.stat().st_size
        return place, str(copy), kind


def _reason(place: str) -> str | None:
    path = _posix(place)
    for reason, patterns in LEFT_OUT.items():
        if any(fnmatch(path, pattern) for pattern in patterns):
            return reason
    return None


def _lent(entry: Entry) -> bool:
    """A library that is there only because others need it."""
    path = _posix(entry[0])
    if fnmatch(path, "libpython*"):
        return False
    return path.startswith(_LENT) or ("/" not in path and entry[2] == "BINARY")


def _posix(place: str) -> str:
    return place.replace("\\", "/")


def _target(link: Entry) -> str:
    """Where in the bundle a symbolic link leads."""
    return _posix(str(PurePath(link[0]).parent / link[1]))
