#!/usr/bin/env bash
# Packs the projects under src into artifacts/packages, the libraries compiled ahead for the platforms that are named (default: linux-x64):
#   eng/pack.sh [RUNTIME...]
# A package holds plain assemblies for every platform, and under runtimes/ compiled ones, which need few methods compiled at a start
# (docs/decisions/0014-compiled-ahead.md has the figures). Tried in a program of its own: eng/try-packages.sh
set -euo pipefail
cd "$(dirname "$0")/.."
runtimes=("${@:-linux-x64}")
compiled=$PWD/artifacts/ready-to-run
libraries=(Core "" Hosting Sqlite S3)
rm -rf "$compiled" artifacts/packages

# TestKit is for tests, which are compiled as they run; it and the program are packed as they are.
plain=(TestKit Cli)

# The Akka.NET engine is a package only where Akka.NET can be restored: an empty one would look like one.
dotnet restore src/TelemetryActors.AkkaNet -v q
if grep -q '"Akka/' src/TelemetryActors.AkkaNet/obj/project.assets.json; then
  plain+=(AkkaNet)
else
  echo "TelemetryActors.AkkaNet is NOT packed: Akka.NET cannot be restored here." >&2
fi

project_of() { echo "TelemetryActors${1:+.$1}"; }

for runtime in "${runtimes[@]}"; do
  # Vector code is compiled ahead only for instructions that are named. A processor without them takes none of the compiled code, and compiles as it runs.
  instructions=()
  [[ $runtime == *-x64 ]] && instructions=("-p:PublishReadyToRunCrossgen2ExtraArgs=--instruction-set:x86-64-v3")
  for library in "${libraries[@]}"; do
    project=$(project_of "$library")
    # The compiler does not notice that only its arguments have changed.
    rm -rf "src/$project/obj/Release/net10.0/$runtime/R2R"
    dotnet publish "src/$project" -c Release -r "$runtime" --self-contained false -p:PublishReadyToRun=true "${instructions[@]}" -o "$compiled/$project/$runtime" -v q
  done
done
for library in "${libraries[@]}" "${plain[@]}"; do
  project=$(project_of "$library")
  dotnet pack "src/$project" -c Release -o artifacts/packages -p:ReadyToRunDirectory="$compiled/$project" -v q
done
ls artifacts/packages
