"""The one error tree. A message names the file, what was found, what was expected, and what to do."""


class StudioError(Exception):
    """Something the user can understand and act on. str(error) is one sentence fit for a dialog or a terminal."""


class InputError(StudioError):
    """A file or folder given by the user cannot be used."""


class VideoError(InputError):
    """A video or folder of images cannot be opened or decoded."""


class CheckpointError(InputError):
    """A weights file is missing, damaged, of a foreign layout or of another architecture."""


class RecipeError(InputError):
    """A training recipe is missing, malformed or names data that is not there."""


class ProjectError(StudioError):
    """A project file is missing, damaged, foreign, of a newer version, or opened for reading alone."""


class DamagedProjectError(ProjectError):
    """A project file is not what was written. What can be read of it can be recovered into a new one."""


class OutputError(StudioError):
    """A result cannot be written: full disk, missing permission, existing file in the way."""


class DeviceError(StudioError):
    """The requested device is not there or failed."""


class Cancelled(StudioError):
    """The user cancelled the job. Not a failure."""
