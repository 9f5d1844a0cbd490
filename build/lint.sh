#!/bin/bash
# Checks that need no run: whitespace, the house rules, and the shell scripts (when shellcheck is installed).
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1
bad=0

complain() { echo "lint: $1" >&2; bad=1; }

dotnet format whitespace Sampan.slnx --verify-no-changes || complain "whitespace differs from .editorconfig (dotnet format whitespace)"

sources=$(git ls-files --cached --others --exclude-standard 'src/*.cs')
while read -r file; do
  [ -n "$file" ] || continue
  case $file in src/Sampan.Linux/*) continue ;; esac
  grep -nHwE 'unsafe|LibraryImport|DllImport' "$file" && complain "unsafe code and system calls belong in Sampan.Linux"
done <<< "$sources"

# shellcheck disable=SC2086 # one word per file
if [ -n "$sources" ]; then
  grep -nHE '\b(TODO|FIXME|XXX)\b' $sources && complain "unfinished code"
  grep -nHE 'System\.Diagnostics\.Process|JsonSerializer\b|NotImplementedException' $sources && complain "not allowed in the product"
fi
git ls-files | grep -E '/(Utils|Helpers|Managers?|Common)(/|\.cs$)' && complain "a name that says nothing"

if command -v shellcheck >/dev/null; then
  mapfile -t scripts < <(git ls-files --cached --others --exclude-standard '*.sh' .ci/run)
  shellcheck -x "${scripts[@]}" || complain "shellcheck"
else
  echo "lint: shellcheck is not installed, scripts not checked"
fi
exit "$bad"
