# Functions about the observer of one home, run as the user who owns it. `home` is set before; it is resolved here because
# /proc/<pid>/cwd, by which an observer is known, shows the real path.
home=$(cd "$home" 2>/dev/null && pwd -P) || home=

is_observer() {
  [ -n "$home" ] && [ "$(readlink "/proc/$1/cwd")" = "$home" ] && { tr '\0' ' ' <"/proc/$1/cmdline"; } 2>/dev/null | grep -q 'bin/observer'
}

# The one of the pid file, if it is an observer of this home.
recorded_observer() {
  local pid
  pid=$(cat "$home/run/observer.pid" 2>/dev/null) && [ -n "$pid" ] && is_observer "$pid" && echo "$pid"
}

# All of this home, whatever the pid file says: an observer whose file was lost still holds the ports and the store.
observers() {
  local entry
  for entry in /proc/[0-9]*; do
    if is_observer "${entry#/proc/}"; then echo "${entry#/proc/}"; fi
  done
}

observer_state() {
  local pid
  pid=$(recorded_observer) || pid=$(observers | head -n 1)
  echo "observer ${pid:-none}"
}

# Whether something listens on the port: state 0A in the kernel's tables, ports in hex.
listening() {
  local table port
  printf -v port ':%04X' "$1"
  for table in /proc/net/tcp /proc/net/tcp6; do
    [ -r "$table" ] && awk -v port="$port" '$2 ~ port "$" && $4 == "0A" { found = 1 } END { exit !found }' "$table" && return 0
  done
  return 1
}

# TERM, 30 seconds, KILL; then until the ports (arguments) are free, at most 30 seconds.
stop_observer() {
  local pids tries port
  for ((tries = 0; tries < 350; tries++)); do
    pids=$(observers)
    [ -n "$pids" ] || break
    # shellcheck disable=SC2086
    if [ "$tries" -eq 0 ]; then kill -TERM $pids; elif [ "$tries" -ge 300 ]; then kill -KILL $pids; fi 2>/dev/null
    sleep 0.1
  done
  if [ -n "$(observers)" ]; then
    echo "observer $(observers) did not exit" >&2
    return 1
  fi
  for port in "$@"; do
    for ((tries = 0; tries < 300; tries++)); do
      listening "$port" || continue 2
      sleep 0.1
    done
    echo "port $port is still in use although no observer of $home runs" >&2
    return 1
  done
}

# Starts bin/observer with the arguments and waits (30 seconds) for its pid file. It must outlive this script's session.
launch_observer() {
  local tries missing=0
  cd "$home" || return 1
  mkdir -p run log etc
  rm -f run/observer.pid
  if ! LD_LIBRARY_PATH="$home/lib" env -u OBFLOW_RUN setsid bin/observer "$@" </dev/null >run/start.out 2>&1; then
    echo "bin/observer refused to start:" >&2
    tail -n 20 run/start.out >&2
    return 1
  fi
  for ((tries = 0; tries < 300; tries++)); do
    recorded_observer >/dev/null && return 0
    # Between the command's end and the daemon's first breath there may be a moment without either.
    if [ -n "$(observers)" ]; then missing=0; elif [ $((++missing)) -ge 20 ]; then break; fi
    sleep 0.1
  done
  [ -n "$(observers)" ] && return 0
  echo "observer ended right after its start" >&2
  tail -n 20 run/start.out >&2
  return 1
}
