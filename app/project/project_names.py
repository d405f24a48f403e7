"""How project files are named and shown in dialogs and lists. No widgets here."""

from pathlib import Path

SUFFIX = "cagdde"
PROJECT_FILTER = f"Projects (*.{SUFFIX})"


def is_project(path: Path) -> bool:
    """Whether a path is meant as a project, by its name."""
    return path.suffix.lower() == f".{SUFFIX}"


def with_suffix(path: Path) -> Path:
    """The path with the ending of a project, whatever the person typed."""
    return path if is_project(path) else path.with_name(f"{path.name}.{SUFFIX}")
