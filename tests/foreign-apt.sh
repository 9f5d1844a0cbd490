#!/bin/bash
# To be sourced: packages of another Debian release, fetched and unpacked without installing anything.
# foreign_apt NAME SUITE DIR: sets apt=DIR/apt, a private state of apt, and options for its commands; the caller removes it.
# The mirror is the one that this machine's apt uses, whatever release it runs itself. NAME is said in errors.
foreign_apt() {
  local mirror keyring
  mirror=$(apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' \
    | awk '$2 ~ /^[a-z]+$/ && $3 == "main" { print $1; exit }')
  [ -n "$mirror" ] || { echo "$1: apt has no source with a main component (see /etc/apt)" >&2; return 1; }
  for keyring in /usr/share/keyrings/debian-archive-keyring.{pgp,gpg}; do [ ! -e "$keyring" ] || break; done
  apt=$3/apt
  mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial"
  : > "$apt/status" # nothing is installed there: all libraries are fetched too
  echo "deb [signed-by=$keyring] $mirror $2 main" > "$apt/sources.list"
  # shellcheck disable=SC2034 # for the caller
  options=(-q -o Dir::Etc::SourceList="$apt/sources.list" -o Dir::Etc::SourceParts=- -o Dir::State="$apt" -o Dir::State::Lists="$apt/lists"
    -o Dir::State::Status="$apt/status" -o Dir::Cache="$apt/cache" -o APT::Sandbox::User=root -o APT::Install-Recommends=false
    -o Debug::NoLocking=1 -o Acquire::Retries=3 -o Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false)
  apt-get "${options[@]}" update >&2
}
