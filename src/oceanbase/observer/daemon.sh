# Functions about the daemon `name` (observer, obproxy) of one `home`, run as the user who owns it;
# both are set before.

# Known by its working directory, which may be reached over links, and its command line. `-ef` costs
# no process. A home that somebody removed has an observer all the same: it still holds the ports.
is_ours() {
  { [ "/proc/$1/cwd" -ef "$home" ] || { [ -O "/proc/$1" ] && [ "$(readlink "/proc/$1/cwd")" = "$(readlink -m "$home") (deleted)" ]; }; } && { tr '\0' ' ' <"/proc/$1/cmdline"; } 2>/dev/null | grep -q "bin/$name"
}

# The one of the pid file, if it is a daemon of this home.
recorded() {
  local pid
  pid=$(cat "$home/run/$name.pid" 2>/dev/null) && [ -n "$pid" ] && is_ours "$pid" && echo "$pid"
}

# All of this home, whatever the pid file says: one whose file was lost still holds the ports and
# the store.
running() {
  local entry
  for entry in /proc/[0-9]*; do
    if is_ours "${entry#/proc/}"; then echo "${entry#/proc/}"; fi
  done
}

state() {
  local pid
  pid=$(recorded) || pid=$(running | head -n 1)
  echo "$name ${pid:-none}"
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
stop() {
  local pids tries port
  for ((tries = 0; tries < 350; tries++)); do
    pids=$(running)
    [ -n "$pids" ] || break
    # shellcheck disable=SC2086
    if [ "$tries" -eq 0 ]; then kill -TERM $pids; elif [ "$tries" -ge 300 ]; then kill -KILL $pids; fi 2>/dev/null
    sleep 0.1
  done
  if [ -n "$(running)" ]; then
    echo "$name $(running) did not exit" >&2
    return 1
  fi
  for port in "$@"; do
    for ((tries = 0; tries < 300; tries++)); do
      listening "$port" || continue 2
      sleep 0.1
    done
    echo "port $port is still in use although no $name of $home runs" >&2
    return 1
  done
}

# Starts the daemon with the arguments and waits (30 seconds) until it is `ready`, which may look at
# `tries`, tenths of a second. It must outlive this script's session. One that ends right after its
# start without a word is started once more, for then it was killed.
launch() {
  local start logged
  cd "$home" || return 1
  mkdir -p run log etc
  for start in 1 2; do
    rm -f "run/$name.pid"
    logged=$(stat -c %s "log/$name.log" 2>/dev/null || echo 0)
    if ! LD_LIBRARY_PATH="$home/lib" env -u OBFLOW_RUN setsid "bin/$name" "$@" </dev/null >run/start.out 2>&1; then
      echo "bin/$name refused to start:" >&2
      tail -n 20 run/start.out >&2
      return 1
    fi
    stays && return 0
    echo "$name ended right after its start ($start of 2)" >&2
    tail -n 20 run/start.out >&2
    complained "$logged" && return 1
  done
  return 1
}

# Whether the daemon said what is wrong in its log, behind the first bytes (argument): a second
# start would at best blur the cause.
complained() {
  tail -c "+$(($1 + 1))" "log/$name.log" 2>/dev/null | grep -aqE ' (ERROR|EDIAG) '
}

# Whether the daemon, just started, is `ready`, or at least still there after 30 seconds.
stays() {
  local tries missing=0
  for ((tries = 0; tries < 300; tries++)); do
    ready && return 0
    # Between the command's end and the daemon's first breath there may be a moment without either.
    if [ -n "$(running)" ]; then missing=0; elif [ $((++missing)) -ge 20 ]; then return 1; fi
    sleep 0.1
  done
  [ -n "$(running)" ]
}
