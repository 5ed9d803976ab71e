#!/usr/bin/env bash
# Packs the projects under src into artifacts/packages, the libraries compiled ahead for the platforms that are named (default: linux-x64):
#   eng/pack.sh [RUNTIME...]
# A package holds plain assemblies for every platform, and under runtimes/ compiled ones, which start in half the time.
set -euo pipefail
cd "$(dirname "$0")/.."
runtimes=("${@:-linux-x64}")
compiled=$PWD/artifacts/ready-to-run
rm -rf "$compiled" artifacts/packages
for runtime in "${runtimes[@]}"; do
  for project in TelemetryActors.Core TelemetryActors TelemetryActors.Hosting; do
    dotnet publish "src/$project" -c Release -r "$runtime" --self-contained false -p:PublishReadyToRun=true -o "$compiled/$project/$runtime" -v q
  done
done
for project in TelemetryActors.Core TelemetryActors TelemetryActors.Hosting TelemetryActors.Cli; do
  dotnet pack "src/$project" -c Release -o artifacts/packages -p:ReadyToRunDirectory="$compiled/$project" -v q
done
ls artifacts/packages
