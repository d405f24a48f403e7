"""The licences of what is in the bundle: one folder for each distribution, with the files that it came with."""

import sys
from importlib.metadata import Distribution, distributions
from pathlib import Path, PurePath

Entry = tuple[str, str, str]
_NAMES = ("licen", "copying", "notice", "authors", "third")
_NAMELESS = {"pyside6_essentials": "PySide6", "shiboken6": "PySide6"}
"""Distributions without a licence text of their own."""
_LGPL = """Qt, PySide6 and Shiboken ({versions}) are used under the GNU Lesser General Public License, version 3.
The text of the licence: https://www.gnu.org/licenses/lgpl-3.0.html; it adds to https://www.gnu.org/licenses/gpl-3.0.html.
The sources: https://download.qt.io/official_releases/QtForPython/ and https://download.qt.io/official_releases/qt/.
The libraries lie as separate files in _internal/PySide6, where others of the same interface can replace them.
"""


def licences(modules: set[str], work: Path) -> list[Entry]:
    """Files of the folder `licences`.

    Args:
        modules: names of the top-level modules and folders in the bundle.
        work: a folder for texts that are written here.
    """
    found: list[Entry] = []
    nameless: list[Distribution] = []
    for distribution in distributions():
        if not _modules_of(distribution) & modules:
            continue
        files = _licence_files(distribution)
        if files:
            folder = PurePath("licences", f"{distribution.name}-{distribution.version}")
            found += [(str(folder / place), str(source), "DATA") for place, source in files.items()]
        else:
            nameless.append(distribution)
    found += [_python(), *_qt(nameless, work), *_pyinstaller()]
    return [entry for entry in found if Path(entry[1]).is_file()]


def _modules_of(distribution: Distribution) -> set[str]:
    files = distribution.files or []
    return {
        file.parts[0].removesuffix(".py")
        for file in files
        if not file.parts[0].endswith((".dist-info", ".pth"))
    }


def _licence_files(distribution: Distribution) -> dict[str, Path]:
    """By their place below the distribution's own folder."""
    files: dict[str, Path] = {}
    for file in distribution.files or []:
        inside = PurePath(*file.parts[1:]) if file.parts[0].endswith(".dist-info") else None
        if inside is None or file.suffix in (".py", ".pyc") or inside.name in ("METADATA", "RECORD"):
            continue
        if inside.parts[0] == "licenses" or any(word in inside.name.lower() for word in _NAMES):
            place = inside.relative_to("licenses") if inside.parts[0] == "licenses" else inside
            files[str(place)] = Path(str(distribution.locate_file(file)))
    return files


def _python() -> Entry:
    """Of the interpreter."""
    version = ".".join(str(number) for number in sys.version_info[:3])
    library = Path(
        sys.base_prefix, *(("lib", f"python3.{sys.version_info[1]}") if sys.platform != "win32" else ())
    )
    return f"licences/Python-{version}/LICENSE.txt", str(library / "LICENSE.txt"), "DATA"


def _qt(nameless: list[Distribution], work: Path) -> list[Entry]:
    versions = [f"{d.name} {d.version}" for d in nameless if d.name.lower() in _NAMELESS]
    if not versions:
        return []
    path = work / "qt-licence.txt"
    path.write_text(_LGPL.format(versions=", ".join(sorted(versions))), encoding="utf-8")
    return [("licences/Qt/LICENCE.txt", str(path), "DATA")]


def _pyinstaller() -> list[Entry]:
    """Of the starter that each program begins with."""
    import PyInstaller

    distribution = Distribution.from_name("pyinstaller")
    return [
        (f"licences/PyInstaller-{PyInstaller.__version__}/{place}", str(source), "DATA")
        for place, source in _licence_files(distribution).items()
    ]
