"""Which lock guards a project file: one program writes, others read. How a lock works is core.file_lock."""

from pathlib import Path

from core.file_lock import FileLock


class ProjectLock(FileLock):
    """The lock beside a project file."""

    def __init__(self, project: Path) -> None:
        super().__init__(project.with_name(project.name + "-lock"))
