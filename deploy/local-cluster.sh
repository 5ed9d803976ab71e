#!/usr/bin/env bash
# Three collector nodes on this machine, to try out and to show what a cluster does.
#
#   deploy/local-cluster.sh start    PostgreSQL if none is named, then three nodes on loopback
#   deploy/local-cluster.sh status   who is there, what its sinks do
#   deploy/local-cluster.sh demo     agents with 200 runs at once, while a node is killed, one leaves, a fourth comes and is cut off; then the proof
#   deploy/local-cluster.sh stop     everything that was started here
#
# JOURNAL="Host=...;Database=...;Username=...;Password=..." names a database; otherwise a throw-away PostgreSQL is started (Debian's package).
# CLUSTER_DIR: where everything is kept (default: /tmp/telemetry-cluster). BASE_PORT: nodes listen on the four ports behind it (default: 4060).
# AGENTS, RUNS, RATE, SECONDS_LONG: the demo's agents, runs of each at once, events a second of each run, and how long (4, 50, 2, 90).
# As root, with iproute2 and its own PostgreSQL, the demo gives each node a network of its own (a free 10.202.N.0/24, named after CLUSTER_DIR) and cuts
# one; elsewhere it freezes the node instead: the others cannot tell the two apart. NETWORKS=off always freezes.
# What stop leaves - logs, the journal - start goes on with; demo begins with nothing.
set -euo pipefail
# Of where it was called from.
dir=$(realpath -m "${CLUSTER_DIR:-/tmp/telemetry-cluster}")
cd "$(dirname "$0")/.."

base_port=${BASE_PORT:-4060}
program=src/TelemetryActors.ClusterNode/bin/Debug/net10.0/telemetry-node
cli=src/TelemetryActors.Cli/bin/Debug/net10.0/telemetry
# A name of its own for each CLUSTER_DIR, short enough for an interface; the net is written beside it when it is made.
bridge=ta$(printf '%s' "$dir" | cksum | command cut -d ' ' -f 1 | tail -c 8)
net=$(cat "$dir/networks" 2>/dev/null || true)

say() { printf '%s\n' "$*"; }
fail() { printf '%s\n' "$*" >&2; exit 1; }
networked() { [ -f "$dir/networks" ]; }
host_of() { if networked; then printf '%s' "$net.$1"; else printf '127.0.0.1'; fi; }
address_of() { printf '%s:%s' "$(host_of "$1")" $((base_port + $1)); }
seeds() { printf '%s,%s,%s' "$(address_of 1)" "$(address_of 2)" "$(address_of 3)"; }
# Numbers of processes are given again: only one that was started with this directory is ours.
alive() { [ -f "$dir/$1.pid" ] && grep -aqF "$dir/$1" "/proc/$(cat "$dir/$1.pid")/cmdline" 2>/dev/null; }

# Again when a source is newer than the program: an old one would run otherwise.
build() {
  local out=bin/Debug/net10.0 project
  for project in TelemetryActors.ClusterNode TelemetryActors.Cli; do
    local built="src/$project/$out/$([ $project = TelemetryActors.Cli ] && echo telemetry.dll || echo telemetry-node.dll)"
    if [ -f "$built" ] && [ -z "$(find src hocon -newer "$built" \( -name '*.cs' -o -name '*.csproj' -o -name '*.conf' -o -name '*.sql' \) -not -path '*/obj/*' -print -quit)" ]; then continue; fi
    say "Building $project."
    dotnet build "src/$project" --nologo -v quiet -clp:NoSummary
    touch "$built"
  done
  [ -f "$(dirname "$program")/Akka.dll" ] && [ -x "$program" ] || fail "The node was built empty, because Akka.NET is not in the package sources of this machine, or with AkkaNet=off."
}

# A bridge that the host is on, too, and a namespace for each node behind it.
make_networks() {
  if [ "${NETWORKS:-}" = off ] || [ "$(id -u)" != 0 ] || [ -n "${JOURNAL:-}" ] || ! command -v ip >/dev/null; then return; fi
  remove_networks
  net=$(free_net) || return 0
  if ! ip link add $bridge type bridge 2>/dev/null || ! ip netns add ${bridge}1 2>/dev/null; then remove_networks; return; fi
  ip addr add $net.254/24 dev $bridge
  ip link set $bridge up
  # Where a container engine has closed forwarding, it holds for bridges too.
  iptables -I FORWARD -i $bridge -o $bridge -j ACCEPT 2>/dev/null || true
  for node in 1 2 3 4; do
    [ $node = 1 ] || ip netns add $bridge$node
    ip link add $bridge-$node type veth peer name eth0 netns $bridge$node
    ip link set $bridge-$node master $bridge up
    ip -n $bridge$node addr add $net.$node/24 dev eth0
    ip -n $bridge$node link set eth0 up
    ip -n $bridge$node link set lo up
  done
  printf '%s' "$net" >"$dir/networks"
}

# A net that no interface of this machine is in.
free_net() {
  local taken first candidate
  taken=$(ip -4 -o addr show)
  first=$(( $(printf '%s' "$dir" | cksum | command cut -d ' ' -f 1) % 250 ))
  for offset in $(seq 0 249); do
    candidate=10.202.$(( (first + offset) % 250 + 1 ))
    if ! grep -q "inet $candidate\." <<<"$taken"; then printf '%s' "$candidate"; return; fi
  done
  return 1
}

remove_networks() {
  rm -f "$dir/networks"
  ip link show $bridge >/dev/null 2>&1 || return 0
  for node in 1 2 3 4; do ip netns del $bridge$node 2>/dev/null || true; ip link del $bridge-$node 2>/dev/null || true; done
  iptables -D FORWARD -i $bridge -o $bridge -j ACCEPT 2>/dev/null || true
  ip link del $bridge
}

# Nothing of it reaches anybody, and nothing is refused.
cut() { if networked; then ip link set "$bridge-$1" down; else kill -STOP "$(cat "$dir/node$1.pid")"; fi; }
heal() { if networked; then ip link set "$bridge-$1" up; elif alive "node$1"; then kill -CONT "$(cat "$dir/node$1.pid")"; fi; }

start_postgres() {
  [ -n "${JOURNAL:-}" ] && { printf '%s' "$JOURNAL" >"$dir/journal"; chmod 600 "$dir/journal"; return; }
  alive postgres && return
  local bin host data="$dir/postgres" port=$((base_port + 9)) as=()
  host=$(host_of 254)
  bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | tail -n 1)
  [ -n "$bin" ] || fail "PostgreSQL is not installed; name a database in JOURNAL."
  mkdir -p "$data"
  if [ "$(id -u)" = 0 ]; then
    as=(setpriv --reuid=postgres --regid=postgres --clear-groups)
    chown postgres "$data"
    chmod 711 "$dir"
  fi
  [ -f "$data/data/PG_VERSION" ] || (cd "$data" && "${as[@]}" "$bin/initdb" -D "$data/data" -U postgres -A trust --no-sync --no-instructions -E UTF8 --locale=C >"$dir/initdb.log" 2>&1) ||
    fail "PostgreSQL's files could not be made: $(tail -n 1 "$dir/initdb.log"). Its user must be able to enter every directory above $data."
  if networked && ! grep -q "$net.0/24" "$data/data/pg_hba.conf"; then printf 'host all all %s.0/24 trust\n' "$net" >>"$data/data/pg_hba.conf"; fi
  (cd "$data" && exec setsid "${as[@]}" "$bin/postgres" -D "$data/data" -c listen_addresses="$host" -c port=$port -c unix_socket_directories="$data" \
    >"$dir/postgres.log" 2>&1 </dev/null) &
  echo $! >"$dir/postgres.pid"
  for _ in $(seq 100); do "$bin/pg_isready" -q -h "$host" -p $port && break; sleep 0.1; done
  "$bin/pg_isready" -q -h "$host" -p $port || fail "PostgreSQL did not start; see $dir/postgres.log."
  printf 'Host=%s;Port=%s;Username=postgres;Database=postgres' "$host" $port >"$dir/journal"
}

start_node() {
  alive "node$1" && return
  local host within=()
  host=$(host_of "$1")
  if networked; then within=(ip netns exec "$bridge$1"); fi
  mkdir -p "$dir/node$1"
  "$cli" consent grant --base "$dir/node$1" >/dev/null
  # What its last life said is not news of this one.
  rm -f "$dir/node$1/state/node.json"
  # Each uploads to a port that nobody listens on: a sink that fails, so that its supervisor can be looked at.
  Cluster__Journal__ConnectionString=$(cat "$dir/journal") TelemetryActors__RunLease=${LEASE:-20s} \
    TelemetryActors__Endpoint=http://127.0.0.1:9/ TelemetryActors__FlushIntervalMs=200 setsid "${within[@]}" "$program" \
    --Cluster:HostName="$host" --Cluster:BindHost="$host" --Cluster:Port=$((base_port + $1)) --Cluster:Seeds="$(seeds)" \
    --TelemetryActors:BaseDirectory="$dir/node$1" >>"$dir/node$1.log" 2>&1 </dev/null &
  echo $! >"$dir/node$1.pid"
  disown
  # Before it is the program it is this shell still.
  for _ in $(seq 50); do alive "node$1" && break; sleep 0.05; done
}

wait_ended() {
  for _ in $(seq 180); do alive "node$1" || return 0; sleep 0.5; done
  fail "Node $1 has not ended by itself; see $dir/node$1.log."
}

# A node that ends with 1 is started anew, as systemd does: after all were killed at once, each waits for others that it takes for alive.
wait_ready() {
  local again=0
  for _ in $(seq 240); do
    ready "$1" && return
    if ! alive "node$1"; then
      again=$((again + 1))
      [ $again -le 5 ] || fail "Node $1 has ended five times; see $dir/node$1.log."
      sleep 1
      start_node "$1"
    fi
    sleep 0.5
  done
  fail "Node $1 is not ready; see $dir/node$1.log."
}

ready() { grep -q '"ready": true' "$dir/node$1/state/node.json" 2>/dev/null && alive "node$1"; }

# SIGTERM lets a node hand its runs over; a second look makes sure that it has gone.
end() {
  alive "$1" || { rm -f "$dir/$1.pid"; return 0; }
  local pid
  pid=$(cat "$dir/$1.pid")
  kill "-${2:-TERM}" "$pid"
  for _ in $(seq 400); do kill -0 "$pid" 2>/dev/null || break; sleep 0.2; done
  if kill -0 "$pid" 2>/dev/null; then say "$1 did not end in 80 s: kill -9."; kill -KILL "$pid"; fi
  rm -f "$dir/$1.pid"
}

start() {
  build
  mkdir -p "$dir"
  start_postgres
  for node in 1 2 3; do start_node $node; done
  for node in 1 2 3; do wait_ready $node; done
  say "Three collectors are up: $(seeds). Their files are in $dir."
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
  remove_networks
  say "Stopped."
}

# Until when a node's sink "http" is open; nothing while it is not.
open_until() { grep -A 3 '"name": "http"' "$dir/node$1/state/node.json" 2>/dev/null | sed -n 's/.*"open_until": "\(.*\)".*/\1/p'; }

any_alive() { for node in 1 2 3 4; do if alive "node$node"; then return 0; fi; done; return 1; }

demo() {
  build
  mkdir -p "$dir"
  if ! any_alive; then
    end postgres INT
    rm -rf "$dir"/node? "$dir"/agent* "$dir/postgres"
    make_networks
  fi
  start
  local agents=${AGENTS:-4} runs=${RUNS:-50} long=${SECONDS_LONG:-90} pids=() dirs=() result=0 host until
  host=$(host_of 254)
  rm -rf "$dir"/agent*
  for agent in $(seq "$agents"); do
    "$program" load --base "$dir/agent$agent" --name "agent$agent" --seeds "$(seeds)" --host "$host" --runs "$runs" --rate "${RATE:-2}" --seconds "$long" \
      --patience 180 >"$dir/agent$agent.log" 2>&1 &
    pids+=($!); echo $! >"$dir/agent$agent.pid"; dirs+=("$dir/agent$agent")
  done
  say "$agents agents report $((agents * runs)) runs at once, for $long s."
  sleep $((long / 6))
  for _ in $(seq 120); do [ -n "$(open_until 2)" ] && break; sleep 0.5; done
  until=$(open_until 2)
  say "Node 2 uploads to somebody who is not there: its supervisor has opened the circuit until ${until:-NEVER}."
  say "kill -9 to node 2, in the middle of it."
  end node2 KILL
  sleep $((long / 6))
  say "A fourth node comes; node 3 leaves in order."
  start_node 4; wait_ready 4
  end node3
  say "Node 2 comes back."
  start_node 2; wait_ready 2
  if [ -n "$until" ] && [ "$(open_until 2)" = "$until" ]; then
    say "Its supervisor has kept the time: open until $until."
  else
    say "Its supervisor says $(open_until 2) now."
    result=1
  fi
  if networked; then say "Node 4 is cut off: its network is down."; else say "Node 4 is cut off: it is frozen."; fi
  cut 4
  # Either side takes 10 s to be sure, after 5 s without a heartbeat; a frozen node learns of it when it wakes.
  if networked; then wait_ended 4; else sleep 30; fi
  heal 4
  wait_ended 4
  say "The cluster went on without node 4, which has ended by itself. It is healed and joins anew."
  start_node 4; wait_ready 4
  for index in "${!pids[@]}"; do wait "${pids[$index]}" || { result=1; tail -n 2 "$dir/agent$((index + 1)).log"; }; rm -f "$dir/agent$((index + 1)).pid"; done
  say "The agents are done. The proof, from the files of all and the answers of the cluster:"
  "$program" verify --agents "$(IFS=,; echo "${dirs[*]}")" --nodes "$dir/node1,$dir/node2,$dir/node3,$dir/node4" --seeds "$(seeds)" --host "$host" || result=1
  if [ $result = 0 ]; then
    say "Nothing that was acknowledged is missing, and every run has ended. The nodes go on: deploy/local-cluster.sh stop ends them."
  else
    say "SOMETHING IS WRONG: see above and $dir."
  fi
  return $result
}

case "${1:-}" in
  start | status | stop | demo) "$1" ;;
  *) sed -n '2,14s/^# \{0,1\}//p' "$0"; exit 2 ;;
esac
