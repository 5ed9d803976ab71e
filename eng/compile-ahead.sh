#!/usr/bin/env bash
# Compiles built programs ahead, where they are, as a publish for this platform would: a start takes about half the processor time.
# The next build puts what it built in their place again. Where the compiler cannot be restored they stay as they were built.
# Usage: eng/compile-ahead.sh PROGRAM.dll...
set -u
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
work=$here/../artifacts/compile-ahead

rm -f "$work/compiler.txt"
dotnet msbuild "$here/CompileAhead.csproj" -restore -nologo -v:q -t:FindCompiler >/dev/null 2>&1
compiler=$(cat "$work/compiler.txt" 2>/dev/null)
if ! [ -x "$compiler" ]; then
  echo "Not compiled ahead: the compiler cannot be restored. Programs start more slowly; nothing else differs."
  exit 0
fi

references=()
while read -r name version folder; do
  [[ $name == Microsoft.*.App && $version == 10.* ]] && references+=(-r "${folder:1:-1}/$version/*.dll")
done < <(dotnet --list-runtimes)

# What a running program has open it keeps: a file is replaced, not written.
compile() {
  local folder=$1 file=$2 made=$work/images/$$.$BASHPID.dll
  shift 2
  timeout 60 "$compiler" "$folder/$file" -o "$made" "$@" -r "$folder/*.dll" >/dev/null 2>&1 && chmod --reference="$folder/$file" "$made" && mv -f "$made" "$folder/$file"
}
export -f compile
export compiler work
mkdir -p "$work/images"

# On the generic types of this one the compiler takes memory without end.
endless=LanguageExt.Core.dll

for program in "$@"; do
  folder=$(dirname "$program")
  # What is compiled ahead already the compiler refuses; so it does what is not managed code.
  { basename "$program"; grep -oE '[^/"]+\.dll"' "${program%.dll}.deps.json" | tr -d '"'; } | grep -vxF "$endless" | sort -u |
    while read -r file; do [ -f "$folder/$file" ] && echo "$file"; done |
    xargs -P "$(nproc)" -I {} bash -c 'compile "$@" || true' - "$folder" {} "${references[@]}"
done
