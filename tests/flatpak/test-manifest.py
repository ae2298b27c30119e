#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The manifest and its variants: read by the builder, pinned, and asking for no more than is documented. Prints TAP."""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

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


def main():
    print("1..%d" % len(VARIANTS))
    failed = False
    for number, options in enumerate(VARIANTS, 1):
        with tempfile.TemporaryDirectory() as folder:
            try:
                check(folder, options)
                print("ok %d manifest %s" % (number, " ".join(options)))
            except (AssertionError, subprocess.CalledProcessError) as error:
                failed = True
                print("not ok %d manifest %s\n# %s" % (number, " ".join(options), error))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
