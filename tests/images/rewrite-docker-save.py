#!/usr/bin/env python3
"""Writes the archive of newer docker versions (25 and later): an OCI layout in a tar that also has manifest.json.

rewrite-docker-save.py OCI-ARCHIVE OUT NAME:TAG
"""
import io
import json
import sys
import tarfile

source, target, name = sys.argv[1:]
with tarfile.open(source) as old, tarfile.open(target, "w") as new:
    def blob(digest):
        return "blobs/" + digest.replace(":", "/")

    def add(path, data):
        info = tarfile.TarInfo(path)
        info.size = len(data)
        new.addfile(info, io.BytesIO(data))

    index = json.load(old.extractfile("index.json"))
    entry = index["manifests"][0]
    entry["annotations"] = {
        "io.containerd.image.name": "docker.io/library/" + name,
        "org.opencontainers.image.ref.name": name.rpartition(":")[2],
    }
    manifest = json.load(old.extractfile(blob(entry["digest"])))
    for member in old.getmembers():
        if member.name not in ("index.json", "manifest.json"):
            new.addfile(member, old.extractfile(member) if member.isfile() else None)
    add("index.json", json.dumps(index).encode())
    add("manifest.json", json.dumps([{
        "Config": blob(manifest["config"]["digest"]),
        "RepoTags": [name],
        "Layers": [blob(layer["digest"]) for layer in manifest["layers"]],
    }]).encode())
