#!/bin/sh
# Publishes tests/Sampan.CloneStress as the programs are published and runs it: 3,000 children cloned while six threads
# allocate and collections run. Takes about two minutes on two cores. Exit code 0 when every child ended well.
set -eu
cd "$(dirname "$0")/../.."
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
dotnet publish tests/Sampan.CloneStress -c Release -o "$out" -v q --nologo
timeout 600 "$out/clone-stress"
