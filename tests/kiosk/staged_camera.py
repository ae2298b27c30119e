# SPDX-License-Identifier: GPL-3.0-or-later
"""A camera whose scenes a test changes: a pipe with a recording that is written while it is watched.

The scenes are "there", the demonstration's student; "away", an empty chair, for which a test picture stands: it has
detail, and no face; and "gone", a camera that gives no more pictures."""

import glob
import os
import struct
import subprocess
import threading
import time

FPS = 25
SECONDS = 16
SIZE = (360, 288)


def element(name, content):
    """One of Matroska's, @name in hexadecimal; with @content None it goes on for ever."""
    if content is None:
        return bytes.fromhex(name + "01ffffffffffffff")
    return bytes.fromhex(name) + struct.pack(">Q", len(content) | 1 << 56) + content


def number(value):
    return struct.pack(">Q", value)


def head():
    """What a recording of JPEG pictures begins with."""
    video = element("b0", number(SIZE[0])) + element("ba", number(SIZE[1]))
    track = element("d7", number(1)) + element("73c5", number(1)) + element("83", number(1))
    track += element("86", b"V_MJPEG") + element("e0", video)
    return (
        element("1a45dfa3", element("4282", b"matroska") + element("4287", number(2)) + element("4285", number(2)))
        + element("18538067", None)
        + element("1549a966", element("2ad7b1", number(1000000)))
        + element("1654ae6b", element("ae", track))
    )


def cluster(time_ms, picture):
    return element("1f43b675", element("e7", number(time_ms)) + element("a3", b"\x81\x00\x00\x80" + picture))


class StagedCamera:
    def __init__(self, folder, demo_dir):
        self.pipe = os.path.join(folder, "staged.mkv")
        os.mkfifo(self.pipe)
        self.scenes = {
            "there": self.make_pictures(
                folder, "there", "filesrc location=%s ! matroskademux ! vp8dec" % os.path.join(demo_dir, "franck.webm")
            ),
            "away": self.make_pictures(folder, "away", "videotestsrc"),
        }
        self.scene = "there"
        threading.Thread(target=self.run, daemon=True).start()

    @property
    def uri(self):
        return "file://" + self.pipe

    def show(self, scene):
        self.scene = scene

    @staticmethod
    def make_pictures(folder, name, source):
        command = "gst-launch-1.0 -q %s ! videoconvert ! videoscale" % source
        command += " ! video/x-raw,format=I420,width=%d,height=%d,pixel-aspect-ratio=1/1" % SIZE
        command += " ! identity eos-after=%d ! jpegenc quality=90" % (FPS * SECONDS + 1)
        command += " ! multifilesink location=%s" % os.path.join(folder, name + "-%05d.jpg")
        subprocess.run(command.split(), check=True)
        pictures = []
        for path in sorted(glob.glob(os.path.join(folder, name + "-*.jpg"))):
            with open(path, "rb") as file:
                pictures.append(file.read())
        return pictures

    def run(self):
        while True:
            # Until somebody looks.
            with open(self.pipe, "wb", buffering=0) as pipe:
                try:
                    self.write(pipe)
                except BrokenPipeError:
                    pass

    def write(self, pipe):
        pipe.write(head())
        began, shown = time.monotonic(), 0
        while True:
            time.sleep(max(0, began + shown / FPS - time.monotonic()))
            if self.scene != "gone":
                pictures = self.scenes[self.scene]
                pipe.write(cluster(1000 * shown // FPS, pictures[shown % len(pictures)]))
            shown += 1
