"""The article's labelled picture: peer_pictures.py [options of pictures.c]. Drawn by matplotlib, encoded and read back
into an array as in its listing (whose reshape fails for pictures that are not square: 3 x 3 inches are)."""

import io

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt  # noqa: E402
import numpy as np  # noqa: E402
import PIL.Image  # noqa: E402

import peer  # noqa: E402


def visualize_image(image, label):
    fig = plt.figure(figsize=(3, 3), dpi=80)
    ax = fig.add_subplot(111)
    ax.imshow(image[::-1, ...])
    ax.text(0, 0, str(label), horizontalalignment="left", verticalalignment="top")
    fig.canvas.draw()
    buf = io.BytesIO()
    fig.savefig(buf, format="png")
    plt.close(fig)
    buf.seek(0)
    img = PIL.Image.open(buf)
    return np.array(img.getdata()).reshape(img.size[0], img.size[1], -1)


def main():
    options = peer.parse(["matplotlib"], {"both": 10})
    image = np.random.default_rng(1).integers(0, 256, (28, 28), dtype=np.uint8)

    def draw(count):
        for _ in range(count):
            if visualize_image(image, "Ankle boot 93 %").shape[:2] != (240, 240):
                raise ValueError("not a picture of 240 x 240")

    peer.rounds(options, "picture/draw_and_png", draw)


main()
