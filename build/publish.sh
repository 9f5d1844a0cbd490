#!/bin/sh
# Publishes the programs as static NativeAOT files into the folder given: OUT/sampan, OUT/sampan-registry and OUT/sampan-oci.
set -eu
cd "$(dirname "$0")/.."
out=${1:-out}
mkdir -p "$out" artifacts/publish

# Only one publish at a time, also of two makes: they would write the same obj folders.
exec 9>artifacts/publish/.lock
flock 9

publish() {
  project=$1 program=$2
  dotnet publish "src/$project/$project.csproj" -c Release --nologo -v quiet -o "artifacts/publish/$program"
  case $(file -b "artifacts/publish/$program/$program") in
    *"statically linked"*) ;;
    *) echo "publish: $program is not statically linked" >&2; exit 1 ;;
  esac
  # Renamed into place, because a container's monitor may be running the old file.
  cp "artifacts/publish/$program/$program" "$out/.$program.new"
  mv "$out/.$program.new" "$out/$program"
}

publish Sampan.Cli sampan
publish Sampan.Registry sampan-registry
publish Sampan.Oci sampan-oci
touch "$out/.published"
