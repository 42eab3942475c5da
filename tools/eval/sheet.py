"""Four frames of a clip, a row each: the input with its hole, each output, the truth.

python sheet.py CLIP FILE.jpg OUTPUT...
"""

import glob
import os
import sys

import cv2
import numpy as np

clip, file, *outputs = sys.argv[1:]
count = len(glob.glob(f"{clip}/frames/*.jpg"))
truth = "truth" if os.path.isdir(f"{clip}/truth") else "frames"
rows = []
for i in (0, count // 3, 2 * count // 3, count - 1):
    frame = cv2.imread(f"{clip}/frames/{i:05d}.jpg")
    hole = cv2.imread(f"{clip}/masks/{i:05d}.png", 0) > 127
    shown = np.where(hole[..., None], (255, 0, 255), frame).astype(np.uint8)
    painted = [cv2.imread(f"{output}/{i:05d}.png") for output in outputs]
    rows.append(np.hstack([shown, *painted, cv2.imread(f"{clip}/{truth}/{i:05d}.jpg")]))
cv2.imwrite(file, np.vstack(rows), [cv2.IMWRITE_JPEG_QUALITY, 85])
