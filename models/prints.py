"""What makes one picture of a thing like another without any learning: marks of its print, and its colours.

SIFT (Lowe 2004) with the square root of Arandjelović and Zisserman 2012, by opencv; a histogram of Lab colours, those
in the middle and those that are no white ground counting more. Runs where pictures are opened: inside the worker.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from PIL.Image import Image

SIDE = 480  # pixels of the longer side
MARKS = 800
MARK = 132  # bytes of one
BINS, LIGHTS = 16, 4  # of a and b, and of L
SMALL, MIDDLE = 160, 30  # pixels of the square for colours, and the spread of what counts as its middle


def prints(picture: Image) -> bytes:
    """1024 float16 of colours (length 1), then for each mark x and y (float16, pixels) and 128 uint8."""
    import cv2

    rgb = np.asarray(picture.convert("RGB"))
    scale = SIDE / max(rgb.shape[:2])
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    grey = cv2.cvtColor(cv2.resize(rgb, None, fx=scale, fy=scale, interpolation=how), cv2.COLOR_RGB2GRAY)
    points, rows = cv2.SIFT_create(nfeatures=MARKS, contrastThreshold=0.02).detectAndCompute(grey, None)  # type: ignore[attr-defined]
    marks = b""
    if rows is not None:
        root = np.sqrt(rows / np.maximum(rows.sum(1, keepdims=True), 1e-6))
        places = np.array([point.pt for point in points], np.float16)
        marks = np.hstack([places.view(np.uint8), np.round(root * 255).astype(np.uint8)]).tobytes()
    return colours(rgb).astype(np.float16).tobytes() + marks


def marks(prints: bytes) -> int:
    """How many marks were kept, `MARKS` at most."""
    return max(0, len(prints) - 2 * 1024) // MARK


def colours(rgb: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Root histogram [1024] over Lab; a vivid pixel counts more than a grey one, plain white does not count."""
    import cv2

    small = cv2.resize(rgb, (SMALL, SMALL), interpolation=cv2.INTER_AREA)
    lab = cv2.cvtColor(small.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    hsv = cv2.cvtColor(small, cv2.COLOR_RGB2HSV)
    ground = (hsv[..., 1] < 25) & (hsv[..., 2] > 225)
    away = np.indices((SMALL, SMALL)) - SMALL / 2
    middle = np.exp(-(away**2).sum(0) / MIDDLE**2)
    drawn = ground.mean() > 0.2  # a catalogue's picture on white: all of it counts but the ground
    weight = np.where(ground, 0.0, 1.0) if drawn else middle
    weight = weight * (5 + np.hypot(lab[..., 1], lab[..., 2]))
    edges = [np.linspace(-60, 60, BINS + 1), np.linspace(-60, 60, BINS + 1), np.linspace(0, 100.001, LIGHTS + 1)]
    values = np.stack([lab[..., 1].clip(-59.9, 59.9), lab[..., 2].clip(-59.9, 59.9), lab[..., 0]], -1).reshape(-1, 3)
    found = np.histogramdd(values, edges, weights=weight.ravel())[0]
    soft = cv2.GaussianBlur(found, (3, 3), 0.8)
    root: NDArray[np.float64] = np.sqrt(soft.ravel() / max(soft.sum(), 1e-9))
    return root
