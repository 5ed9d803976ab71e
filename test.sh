#!/usr/bin/env bash
# Installs what the tests need, builds everything and runs every test. The last line counts them.
# REQUIRE_SERVERS=1 turns a test that is skipped for want of a tool into a failure. TELEMETRY_LONG=1 runs the larger volumes.
set -u
cd "$(dirname "$0")" || exit 1

need() { command -v "$1" >/dev/null 2>&1; }

install_tools() {
  local missing=()
  need strace || missing+=(strace)
  need faketime || missing+=(faketime)
  # The cluster's story: networks of its own for each node, and a database that all share.
  need ip || missing+=(iproute2)
  need iptables || missing+=(iptables)
  ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || missing+=(postgresql)
  need radosgw || missing+=(radosgw ceph-mon ceph-osd ceph-common)
  [ ${#missing[@]} -eq 0 ] && return
  if need apt-get && [ "$(id -u)" = 0 ]; then
    apt-get update -qq >/dev/null 2>&1
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null 2>&1
  fi
  for tool in strace faketime radosgw ip iptables; do
    need "$tool" || echo "Not installed: $tool. The tests that need it are skipped, or fail with REQUIRE_SERVERS=1."
  done
}

if ! need dotnet; then
  echo "The .NET SDK 10 is needed: https://dotnet.microsoft.com/download" >&2
  exit 1
fi

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
# The machine's own telemetry settings must not reach the tests.
unset TELEMETRY_BASE_DIR TELEMETRY_RING_DIR TELEMETRY_RUN_ID DO_NOT_TRACK

install_tools
dotnet build TelemetryActors.sln --nologo -v quiet -clp:NoSummary || exit 1
if [ -f tests/TelemetryActors.AkkaNet.Tests/bin/Debug/net10.0/Akka.dll ]; then
  echo "Akka.NET: in the package sources; its engine was built and is tested."
else
  echo "Akka.NET: NOT in the package sources; its engine was LEFT OUT of this build and of the tests."
fi

# Tests start these by the hundred.
mapfile -t programs < <(ls tests/*.Tests/bin/Debug/net10.0/{telemetry,telemetry-node,TelemetryActors.TestWriter}.dll 2>/dev/null)
eng/compile-ahead.sh "${programs[@]}"

results=artifacts/test-results
rm -rf "$results" && mkdir -p "$results"

# One project's tests; what there is to say of them in one piece when they have ended.
run_tests() {
  local name said
  name=$(basename "$1")
  echo "-- $name"
  dotnet test "$1" --no-build --nologo --logger "console;verbosity=minimal" --logger "trx;LogFileName=$name.trx" \
    --results-directory "$results" >"$results/$name.log" 2>&1
  echo $? >"$results/$name.code"
  said="== $name"$'\n'
  said+=$(grep -E "^\s+(Failed|Skipped) |^Passed!|^Failed!|^Skipped!|error|No test is available" "$results/$name.log")
  if [ "$(cat "$results/$name.code")" -ne 0 ]; then
    said+=$'\n'$(grep -E -A 25 "^\s+Failed .*\[" "$results/$name.log" | head -n 400)
    grep -qE "^Failed! " "$results/$name.log" || said+=$'\n'$(tail -n 40 "$results/$name.log")
  fi
  echo "$said"
}
export -f run_tests
export results

# Three at a time, the longest first: tests of processes, servers and disks wait more than they compute.
longest=(tests/TelemetryActors.{Cli,Cluster}.Tests)
mapfile -t others < <(printf '%s\n' tests/*.Tests | grep -vxF "$(printf '%s\n' "${longest[@]}")")
printf '%s\n' "${longest[@]}" "${others[@]}" | xargs -P 3 -I {} bash -c 'run_tests {}'

count() { sed -nE "s/^(Passed|Failed|Skipped)! .*$1: +([0-9]+).*/\2/p" "$results"/*.log | awk '{ sum += $1 } END { print sum + 0 }'; }
failed=$(count Failed)
for project in "${longest[@]}" "${others[@]}"; do
  name=$(basename "$project")
  # A run that never began, broke off, or fails without a test that failed, is one failure.
  if [ "$(cat "$results/$name.code" 2>/dev/null)" != 0 ] && ! grep -qE "^Failed! " "$results/$name.log" 2>/dev/null; then
    echo "$name was not run to its end."
    failed=$((failed + 1))
  fi
done
echo "$(count Passed) passed, $failed failed, $(count Skipped) skipped"
[ $failed -eq 0 ]
