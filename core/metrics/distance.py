"""The distance to the nearest pixel of a mask, exact. What it is used for is decided elsewhere."""

import numpy as np
from numpy.typing import NDArray

from core.opencv import cv2


def distance_to(mask: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Euclidean distance of every pixel to the nearest one of the mask, in pixels; 0 on the mask.

    OpenCV's is off by some 1e-6, in one of two ways that depend on where the picture lies in memory. Squared distances
    are whole numbers, so that rounding those gives the exact ones, the same ones every time.

    Args:
        mask: bool HxW, not empty.

    Returns:
        float64 HxW.
    """
    near = cv2.distanceTransform((~mask).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    return np.sqrt(np.rint(np.square(near.astype(np.float64))))
