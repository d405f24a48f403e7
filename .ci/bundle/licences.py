"""The licences of what is in the bundle: one folder for each distribution, with the files that it came with."""

import sys
from importlib.metadata import Distribution, distributions
from pathlib import Path, PurePath

Entry = tuple[str, str, str]
_NAMES = ("licen", "copying", "notice", "authors", "third")
_OF_QT = ("pyside6_essentials", "shiboken6")
_STARTER = "pyinstaller"
"""Its starter is what each program begins with; none of its modules is inside."""
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
    found = [_python()]
    nameless: list[Distribution] = []
    for distribution in distributions():
        if not _modules_of(distribution) & modules and distribution.name != _STARTER:
            continue
        files = _licence_files(distribution)
        if not files:
            nameless.append(distribution)
        folder = PurePath("licences", f"{distribution.name}-{distribution.version}")
        found += [(str(folder / place), str(source), "DATA") for place, source in files.items()]
    found += _without_text(nameless, work)
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


def _without_text(nameless: list[Distribution], work: Path) -> list[Entry]:
    """What is known of distributions that came without the text of their licence."""
    qt = sorted(f"{d.name} {d.version}" for d in nameless if d.name.lower() in _OF_QT)
    texts = {"Qt": _LGPL.format(versions=", ".join(qt))} if qt else {}
    for distribution in nameless:
        if distribution.name.lower() not in _OF_QT:
            facts = distribution.metadata
            licence = facts.get("License-Expression") or facts.get("License") or "see its home page"
            home = facts.get("Home-page") or ", ".join(facts.get_all("Project-URL") or ())
            name = f"{distribution.name}-{distribution.version}"
            texts[name] = f"{distribution.name} {distribution.version}: {licence}\n{home}\n"
    entries: list[Entry] = []
    for name, text in texts.items():
        path = work / f"licence-{name}.txt"
        path.write_text(text, encoding="utf-8")
        entries.append((f"licences/{name}/LICENCE.txt", str(path), "DATA"))
    return entries
