#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The manifest and its variants: read by the builder, pinned, asking for no more than is documented; the licences that
come along with it, and the pictures that software centres show. Prints TAP."""

import json
import os
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import xml.etree.ElementTree

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PERMISSIONS = {
    "--share=ipc",
    "--share=network",
    "--socket=wayland",
    "--socket=fallback-x11",
    "--socket=pulseaudio",
    "--device=dri",
}
VARIANTS = ((), ("--devel",), ("--local",), ("--local", "--devel"))


def make(folder, options):
    path = os.path.join(folder, "manifest.json")
    subprocess.run([os.path.join(ROOT, "build-aux", "flatpak-manifest"), *options, path], check=True)
    return path


def check_sources(module):
    for source in module["sources"]:
        if source["type"] == "archive":
            assert source["url"].startswith("https://"), "%s comes over %s" % (module["name"], source["url"])
            assert re.fullmatch("[0-9a-f]{64}", source["sha256"]), "%s has no SHA-256" % module["name"]
        elif source["type"] == "dir":
            assert module["name"] == "xueshi", "%s is taken from a folder" % module["name"]
        else:
            assert source["type"] == "script", "%s has a source of type %s" % (module["name"], source["type"])


def check(folder, options):
    path = make(folder, options)
    with open(path, encoding="utf-8") as file:
        manifest = json.load(file)
    assert manifest["id"] == "org.xueshi.Kiosk" + (".Devel" if "--devel" in options else ""), manifest["id"]
    assert set(manifest["finish-args"]) == PERMISSIONS, manifest["finish-args"]
    assert manifest["separate-locales"] is False, "a PC in another language would have no Chinese"
    own = manifest["modules"][-1]
    assert own["name"] == "xueshi", "the application is not built last"
    assert ("-Ddevel=true" in own["config-opts"]) == ("--devel" in options), own["config-opts"]
    assert "-Dcrash_points=false" in own["config-opts"], "the moments at which tests kill it are left in"
    for module in manifest["modules"]:
        check_sources(module)
    if shutil.which("flatpak-builder"):
        command = ["flatpak-builder", "--show-manifest", path]
        # The builder of Debian 12 uses what GLib deprecates.
        environment = {**os.environ, "G_DEBUG": "", "G_ENABLE_DIAGNOSTIC": "0"}
        shown = subprocess.run(command, check=True, stdout=subprocess.PIPE, cwd=folder, env=environment).stdout
        understood = json.loads(shown)
        known = {key: understood[key] for key in manifest if key in understood}
        missing = {key for key in manifest if key not in understood and manifest[key] is not False}
        assert not missing, "flatpak-builder does not know %s" % missing
        assert known["finish-args"] == manifest["finish-args"], known["finish-args"]


def check_licences():
    """Every model that is delivered is named with its package and its licence, whose text is there."""
    folder = os.path.join(ROOT, "data", "licences")
    with open(os.path.join(folder, "third-party.txt"), encoding="utf-8") as file:
        notice = file.read()
    texts = os.listdir(folder)
    with open(os.path.join(ROOT, "build-aux", "pinned-downloads"), encoding="utf-8") as file:
        lines = [line.split() for line in file if line.startswith(("package", "model"))]
    for kind, name, *rest in lines:
        assert kind == "package" or name in notice, "third-party.txt says nothing of %s" % name
        if kind == "package":
            package, licence = name, rest[-1]
        elif kind == "model":
            assert re.search(r"%s +%s$" % (re.escape(package), licence), notice, re.MULTILINE), "not named: " + package
            own = "%s-%s.txt" % (licence, package)
            assert own in texts or (licence == "Apache-2.0" and licence + ".txt" in texts), "there is no %s" % own
    with open(os.path.join(ROOT, "flatpak", "org.xueshi.Kiosk.json"), encoding="utf-8") as file:
        manifest = json.load(file)
    for thing in (manifest, *manifest["modules"]):
        taken = {"/share", "/share/licenses"} & set(thing.get("cleanup", []))
        assert not taken, "the licences of %s are taken away" % thing.get("name", "all")


def check_pictures(folder):
    """With an address the metainfo names pictures, which are in docs/pictures in the size that it says."""
    with open(os.path.join(ROOT, "data", "org.xueshi.Kiosk.metainfo.xml.in"), encoding="utf-8") as file:
        text = file.read()
    named = {"APP_ID": "org.xueshi.Kiosk", "COACH_ID": "org.xueshi.Kiosk.Coach", "PICTURES_URL": "https://example.org"}
    path = os.path.join(folder, "org.xueshi.Kiosk.metainfo.xml")
    with open(path, "w", encoding="utf-8") as file:
        file.write(re.sub("@([A-Z_]+)@", lambda match: named.get(match[1], ""), text))
    subprocess.run(["appstreamcli", "validate", "--no-net", path], check=True, stdout=subprocess.DEVNULL)
    images = xml.etree.ElementTree.parse(path).findall("screenshots/screenshot/image")
    assert len(images) >= 3, "it names %d pictures" % len(images)
    for image in images:
        with open(os.path.join(ROOT, "docs", "pictures", os.path.basename(image.text)), "rb") as file:
            size = struct.unpack(">II", file.read(24)[16:])
        assert size == (int(image.get("width")), int(image.get("height"))), "%s is %dx%d" % (image.text, *size)


def main():
    checks = [("manifest " + " ".join(options), check, options) for options in VARIANTS]
    checks.append(("licences of what others made", lambda _folder, _options: check_licences(), ()))
    checks.append(("pictures of the metainfo", lambda folder, _options: check_pictures(folder), ()))
    print("1..%d" % len(checks))
    failed = False
    for number, (name, function, options) in enumerate(checks, 1):
        with tempfile.TemporaryDirectory() as folder:
            try:
                function(folder, options)
                print("ok %d %s" % (number, name))
            except (AssertionError, OSError, subprocess.CalledProcessError) as error:
                failed = True
                print("not ok %d %s\n# %s" % (number, name, error))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
