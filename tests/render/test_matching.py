"""Hits, misses, false alarms and average precision against pycocotools, on random scenes."""
import contextlib
import io
import os
import subprocess
import unittest

import numpy as np
from pycocotools import mask as coco_mask
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

PROGRAM = os.path.join(os.environ["SUMI_BINARY_DIR"], "tests", "programs", "render_run_matching")
HEIGHT, WIDTH = 60, 80


def random_box(rng, low, high):
    x0, y0 = rng.integers(0, WIDTH - low), rng.integers(0, HEIGHT - low)
    return [x0, y0, min(WIDTH, x0 + rng.integers(low, high)), min(HEIGHT, y0 + rng.integers(low, high))]


def scene(rng, truths, predicted, classes):
    """Things (truth, class, score, x0, y0, x1, y1): truths, and predictions that are moved truths or come from nowhere. Few
    different scores, so that many are equal."""
    things = [(1, int(rng.integers(classes)), 0.0, *random_box(rng, 3, 30)) for _ in range(truths)]
    for _ in range(predicted):
        score = float(rng.integers(0, 16)) / 16
        if things and things[0][0] and rng.random() < 0.7:
            _, kind, _, *box = things[rng.integers(max(truths, 1))]
            moved = np.array(box) + rng.integers(-2, 3, 4)
            x0, y0 = max(0, moved[0]), max(0, moved[1])
            box = [x0, y0, min(WIDTH, max(x0 + 1, moved[2])), min(HEIGHT, max(y0 + 1, moved[3]))]
            kind = kind if rng.random() < 0.8 else int(rng.integers(classes))
        else:
            kind, box = int(rng.integers(classes)), random_box(rng, 3, 30)
        things.append((0, kind, score, *box))
    order = rng.permutation(len(things))
    return [things[i] for i in order]


def pixels_of(box):
    x0, y0, x1, y1 = box
    pixels = np.zeros((HEIGHT, WIDTH), np.uint8)
    y, x = np.mgrid[y0:y1, x0:x1]
    pixels[y0:y1, x0:x1] = (x + y) % 3 != 0
    return pixels


def expected(scenes, what, iou, any_class, min_score):
    """(hits, misses, false alarms, AP, COCO's AP) of pycocotools."""
    truths, found = [], []
    for picture, things in enumerate(scenes, 1):
        for truth, kind, score, x0, y0, x1, y1 in things:
            one = {"image_id": picture, "category_id": kind + 1, "bbox": [int(x0), int(y0), int(x1 - x0), int(y1 - y0)]}
            if what == "masks":
                one["segmentation"] = coco_mask.encode(np.asfortranarray(pixels_of((x0, y0, x1, y1))))
            if truth:
                truths.append(dict(one, id=len(truths) + 1, area=int((x1 - x0) * (y1 - y0)), iscrowd=0))
            else:
                if what == "masks":
                    del one["bbox"]
                found.append(dict(one, score=score))
    with contextlib.redirect_stdout(io.StringIO()):
        coco = COCO()
        coco.dataset = {"images": [{"id": i, "height": HEIGHT, "width": WIDTH} for i in range(1, len(scenes) + 1)],
                        "categories": [{"id": i} for i in sorted({t["category_id"] for t in truths + found})],
                        "annotations": truths, "info": {}}
        coco.createIndex()

        def evaluate(results, thresholds):
            run = COCOeval(coco, coco.loadRes([dict(r) for r in results]), "bbox" if what == "boxes" else "segm")
            run.params.useCats = 0 if any_class else 1
            if thresholds is not None:
                run.params.iouThrs = np.array(thresholds)
            run.evaluate()
            run.accumulate()
            precision = run.eval["precision"][:, :, :, 0, -1]
            there = precision[precision > -1]
            return run, there.mean() if there.size else np.nan

        at_iou, coco_ap = evaluate(found, [iou])[1], evaluate(found, None)[1]
        kept = [f for f in found if f["score"] >= min_score]
        hits = alarms = 0
        if kept:
            run = evaluate(kept, [iou])[0]
            for image in run.evalImgs:
                if image and image["aRng"] == run.params.areaRng[0]:
                    matched = image["dtMatches"][0] > 0
                    hits += int(matched.sum())
                    alarms += int((~matched).sum())
    return hits, len(truths) - hits, alarms, at_iou, coco_ap


def ours(scenes, what, iou, any_class, min_score):
    lines = [str(len(scenes))]
    for things in scenes:
        lines.append(str(len(things)))
        lines += [" ".join(repr(v) if isinstance(v, float) else str(int(v)) for v in thing) for thing in things]
    done = subprocess.run([PROGRAM, what, str(HEIGHT), str(WIDTH), repr(iou), str(int(any_class)), repr(min_score)],
                          input="\n".join(lines), stdout=subprocess.PIPE, text=True, check=True)
    numbers = done.stdout.split()
    return (*map(int, numbers[:3]), *map(float, numbers[3:]))


class Matching(unittest.TestCase):
    def compare(self, scenes, what, iou=0.5, any_class=False, min_score=0.0):
        want, have = expected(scenes, what, iou, any_class, min_score), ours(scenes, what, iou, any_class, min_score)
        self.assertEqual(have[:3], want[:3])
        np.testing.assert_allclose(have[3:], want[3:], rtol=0, atol=1e-12)

    def test_random_scenes_of_boxes_give_what_pycocotools_gives(self):
        for seed in range(60):
            rng = np.random.default_rng(seed)
            scenes = [scene(rng, int(rng.integers(0, 12)), int(rng.integers(1, 20)), 3) for _ in range(6)]
            with self.subTest(seed=seed):
                self.compare(scenes, "boxes", iou=[0.5, 0.75, 0.3][seed % 3], any_class=seed % 4 == 3,
                             min_score=[0.0, 0.5][seed % 2])

    def test_random_scenes_of_masks_give_what_pycocotools_gives(self):
        for seed in range(30):
            rng = np.random.default_rng(1000 + seed)
            scenes = [scene(rng, int(rng.integers(1, 8)), int(rng.integers(1, 12)), 2) for _ in range(4)]
            with self.subTest(seed=seed):
                self.compare(scenes, "masks", iou=[0.5, 0.75][seed % 2], any_class=seed % 3 == 2)

    def test_of_more_than_a_hundred_predictions_of_a_class_the_best_hundred_count(self):
        rng = np.random.default_rng(5)
        scenes = [scene(rng, 40, 300, 1) for _ in range(2)]
        want, have = expected(scenes, "boxes", 0.5, False, 0.0), ours(scenes, "boxes", 0.5, False, 0.0)
        np.testing.assert_allclose(have[3:], want[3:], rtol=0, atol=1e-12)


if __name__ == "__main__":
    unittest.main()
