"""Opening a clip, whatever it is. PyAV is loaded only when a video file is opened."""

from pathlib import Path

from core.errors import VideoError
from core.video.clip_info import ClipReader
from core.video.folder import ImagesReader, is_image
from core.video.source_checks import check_exists

DEFAULT_IMAGES_PER_SECOND = 25.0


def open_clip(
    path: str | Path,
    *,
    images_per_second: float = DEFAULT_IMAGES_PER_SECOND,
    index_folder: Path | None = None,
) -> ClipReader:
    """Open a video file, a folder of images, or one image as a clip of one frame.

    Args: path: file or folder. images_per_second: the rate given to a folder of images, above 0.
        index_folder: where indexes of videos are cached; None is the user's cache folder.
    Returns: a reader for use by one thread; close it, or use it in a `with` statement.
    Raises: VideoError naming the path and the reason.
    """
    path = Path(path)
    check_exists(path)
    if path.is_dir() or is_image(path):
        return ImagesReader(path, images_per_second)
    try:
        from core.video.reader import VideoReader
    except ImportError as error:
        raise VideoError(f"{path} needs PyAV to be read ({error}); install it: pip install av.") from error

    return VideoReader(path, index_folder)
