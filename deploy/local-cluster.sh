#!/usr/bin/env bash
# Three collector nodes on this machine, to try out and to show what a cluster does.
#
#   deploy/local-cluster.sh start    PostgreSQL if none is named, then three nodes on loopback
#   deploy/local-cluster.sh status   who is there, what its sinks do
#   deploy/local-cluster.sh demo     agents with 200 runs at once, while a node is killed, one leaves and a fourth comes; then the proof
#   deploy/local-cluster.sh stop     everything that was started here
#
# JOURNAL="Host=...;Database=...;Username=...;Password=..." names a database; otherwise a throw-away PostgreSQL is started (Debian's package).
# CLUSTER_DIR: where everything is kept (default: /tmp/telemetry-cluster). BASE_PORT: nodes listen on the four ports behind it (default: 4060).
# AGENTS, RUNS, RATE, SECONDS_LONG: the demo's agents, runs of each at once, events a second of each run, and how long (4, 50, 2, 60).
set -euo pipefail
cd "$(dirname "$0")/.."

dir=${CLUSTER_DIR:-/tmp/telemetry-cluster}
base_port=${BASE_PORT:-4060}
program=src/TelemetryActors.ClusterNode/bin/Debug/net10.0/telemetry-node
host=127.0.0.1
seeds="$host:$((base_port + 1)),$host:$((base_port + 2)),$host:$((base_port + 3))"

say() { printf '%s\n' "$*"; }
fail() { printf '%s\n' "$*" >&2; exit 1; }
alive() { [ -f "$dir/$1.pid" ] && kill -0 "$(cat "$dir/$1.pid")" 2>/dev/null; }

build() {
  [ -x "$program" ] && return
  say "Building the node."
  dotnet build src/TelemetryActors.ClusterNode --nologo -v quiet -clp:NoSummary
  [ -f "$(dirname "$program")/Akka.dll" ] || fail "Akka.NET is not in the package sources of this machine: the node was built empty."
}

start_postgres() {
  [ -n "${JOURNAL:-}" ] && { printf '%s' "$JOURNAL" >"$dir/journal"; chmod 600 "$dir/journal"; return; }
  alive postgres && return
  local bin data="$dir/postgres" port=$((base_port + 9)) as=()
  bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | tail -n 1)
  [ -n "$bin" ] || fail "PostgreSQL is not installed; name a database in JOURNAL."
  rm -rf "$data" && mkdir -p "$data"
  if [ "$(id -u)" = 0 ]; then
    as=(setpriv --reuid=postgres --regid=postgres --clear-groups)
    chown postgres "$data"
    chmod 711 "$dir"
  fi
  (cd "$data" && "${as[@]}" "$bin/initdb" -D "$data/data" -U postgres -A trust --no-sync --no-instructions -E UTF8 --locale=C >"$dir/initdb.log" 2>&1)
  (cd "$data" && exec setsid "${as[@]}" "$bin/postgres" -D "$data/data" -c listen_addresses=$host -c port=$port -c unix_socket_directories="$data" \
    >"$dir/postgres.log" 2>&1 </dev/null) &
  echo $! >"$dir/postgres.pid"
  for _ in $(seq 100); do "$bin/pg_isready" -q -h $host -p $port && break; sleep 0.1; done
  "$bin/pg_isready" -q -h $host -p $port || fail "PostgreSQL did not start; see $dir/postgres.log."
  printf 'Host=%s;Port=%s;Username=postgres;Database=postgres' $host $port >"$dir/journal"
}

start_node() {
  alive "node$1" && return
  mkdir -p "$dir/node$1"
  Cluster__Journal__ConnectionString=$(cat "$dir/journal") TelemetryActors__RunLease=${LEASE:-20s} setsid "$program" \
    --Cluster:HostName=$host --Cluster:BindHost=$host --Cluster:Port=$((base_port + $1)) --Cluster:Seeds="$seeds" \
    --TelemetryActors:BaseDirectory="$dir/node$1" >>"$dir/node$1.log" 2>&1 </dev/null &
  echo $! >"$dir/node$1.pid"
  disown
}

wait_ready() {
  for _ in $(seq 120); do
    alive "node$1" || fail "Node $1 has ended; see $dir/node$1.log."
    ready "$1" && return
    sleep 0.5
  done
  fail "Node $1 is not ready; see $dir/node$1.log."
}

ready() { grep -q '"ready": true' "$dir/node$1/state/node.json" 2>/dev/null && alive "node$1"; }

# SIGTERM lets a node hand its runs over; a second look makes sure that it has gone.
end() {
  alive "$1" || return 0
  local pid
  pid=$(cat "$dir/$1.pid")
  kill "-${2:-TERM}" "$pid"
  for _ in $(seq 400); do kill -0 "$pid" 2>/dev/null || break; sleep 0.2; done
  rm -f "$dir/$1.pid"
}

start() {
  build
  mkdir -p "$dir"
  start_postgres
  for node in 1 2 3; do start_node $node; done
  for node in 1 2 3; do wait_ready $node; done
  say "Three collectors are up: $seeds. Their files are in $dir."
}

status() {
  for node in 1 2 3 4; do
    [ -d "$dir/node$node" ] || continue
    if alive "node$node"; then say "== node $node"; cat "$dir/node$node/state/node.json" 2>/dev/null; say; else say "== node $node is not running"; fi
  done
}

stop() {
  for agent in "$dir"/agent*.pid; do [ -f "$agent" ] && end "$(basename "$agent" .pid)"; done
  for node in 1 2 3 4; do end "node$node"; done
  end postgres INT
  say "Stopped."
}

demo() {
  start
  local agents=${AGENTS:-4} runs=${RUNS:-50} long=${SECONDS_LONG:-60} pids=() dirs=() result=0
  rm -rf "$dir"/agent*
  for agent in $(seq "$agents"); do
    "$program" load --base "$dir/agent$agent" --name "agent$agent" --seeds "$seeds" --host $host --runs "$runs" --rate "${RATE:-2}" --seconds "$long" \
      --patience 180 >"$dir/agent$agent.log" 2>&1 &
    pids+=($!); echo $! >"$dir/agent$agent.pid"; dirs+=("$dir/agent$agent")
  done
  say "$agents agents report $((agents * runs)) runs at once, for $long s."
  sleep $((long / 4))
  say "kill -9 to node 2, in the middle of it."
  end node2 KILL
  sleep $((long / 4))
  say "A fourth node comes; node 3 leaves in order."
  start_node 4; wait_ready 4
  end node3
  say "Node 2 comes back."
  start_node 2; wait_ready 2
  for index in "${!pids[@]}"; do wait "${pids[$index]}" || { result=1; tail -n 2 "$dir/agent$((index + 1)).log"; }; rm -f "$dir/agent$((index + 1)).pid"; done
  say "The agents are done. The proof, from the files of all and the answers of the cluster:"
  "$program" verify --agents "$(IFS=,; echo "${dirs[*]}")" --nodes "$dir/node1,$dir/node2,$dir/node3,$dir/node4" --seeds "$seeds" --host $host || result=1
  [ $result = 0 ] && say "Nothing that was acknowledged is missing, and every run has ended." || say "SOMETHING IS WRONG: see above and $dir."
  return $result
}

case "${1:-}" in
  start | status | stop | demo) "$1" ;;
  *) sed -n '2,12s/^# \{0,1\}//p' "$0"; exit 2 ;;
esac
