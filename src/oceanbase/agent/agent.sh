# Functions about the agent in `home`, its `daemon` and `control` program (empty when it has none),
# configured for cluster `cluster`. Run as the user who owns it: in its directories root would
# follow whatever link that user put there.

# Processes of this user whose program lies in the agent's home; $1 is a program's name, or nothing
# for all.
processes() {
  local entry command
  for entry in /proc/[0-9]*; do
    [ -O "$entry" ] || continue
    command=$(tr '\0' ' ' 2>/dev/null <"$entry/cmdline") || continue
    case $command in *"$home/bin/$1"*) echo "${entry#/proc/}" ;; esac
  done
}

# The daemon of a control program is known by its pid file, another one by its command line.
running() {
  local pid
  if [ -z "$control" ]; then
    [ -n "$(processes "$daemon")" ]
  else
    pid=$(cat "$home/run/$daemon.pid" 2>/dev/null) && { tr '\0' ' ' <"/proc/$pid/cmdline"; } 2>/dev/null | grep -q "$daemon"
  fi
}

# Outlives this script's session. Its output goes to a file: the daemon would hold a pipe open.
control() {
  cd "$home" || return 1
  if ! env -u OBFLOW_RUN setsid "bin/$control" "$1" </dev/null >log/obflow.out 2>&1; then
    echo "$control $1 failed:" >&2
    tail -n 20 log/obflow.out >&2
    return 1
  fi
}

# A control program gives up on agents that do not serve within seconds. While their daemon lives
# they may still come.
start_agent() {
  running && return
  if [ -n "$control" ]; then control start || running; else start_daemon; fi
}

# Without a control program the daemon is run as its package brings it, and is seen to stay for a
# second.
start_daemon() {
  local tries stays=0
  cd "$home" && mkdir -p log || return 1
  env -u OBFLOW_RUN setsid "$home/bin/$daemon" </dev/null >log/obflow.out 2>&1 &
  for ((tries = 0; tries < 100; tries++)); do
    if running; then stays=$((stays + 1)); else stays=0; fi
    [ "$stays" -lt 10 ] || return 0
    sleep 0.1
  done
  echo "$daemon does not stay:" >&2
  tail -n 20 log/obflow.out >&2
  return 1
}

# The daemon first: it would start again what it guards.
end_processes() {
  local pids
  pids=$(processes "$daemon")
  # shellcheck disable=SC2086
  [ -z "$pids" ] || { kill $pids; return; } 2>/dev/null
  pids=$(processes '')
  # shellcheck disable=SC2086
  [ -z "$pids" ] || kill $pids 2>/dev/null
}

stop_agent() {
  local tries
  running || return 0
  [ -z "$control" ] || control stop || return 1
  for ((tries = 0; tries < 300; tries++)); do
    if [ -n "$control" ]; then running || return 0; else
      [ -n "$(processes '')" ] || return 0
      end_processes
    fi
    sleep 0.1
  done
  echo "the agent did not exit" >&2
  return 1
}

properties=$home/conf/config_properties

# What was there before this cluster's configuration, and whether the agent ran then. Agents up to
# OCP 3.1 bring no `backup`: one made here would stay.
kept=$home/backup/obflow-$cluster
[ -d "$home/backup" ] || kept=$home/.obflow-$cluster

keep() {
  [ -d "$kept" ] && return 0
  rm -rf "$kept.new"
  mkdir -p "$kept.new" && chmod 700 "$kept.new" || return 1
  [ ! -d "$properties" ] || cp -a "$properties" "$kept.new/properties" || return 1
  if running; then touch "$kept.new/running"; fi
  mv "$kept.new" "$kept"
}

# Files are moved, not copied: that takes no room, and one that was moved before a kill is not moved
# again. The record goes at once, under another name: half of it would be no record.
put_back() {
  local file
  rm -rf "$kept.done"
  [ -d "$kept" ] || return 0
  stop_agent || return 1
  for file in "$kept"/properties/*; do
    [ ! -e "$file" ] || mv -f "$file" "$properties/" || return 1
  done
  if [ -e "$kept/running" ]; then start_agent || return 1; fi
  mv "$kept" "$kept.done" && rm -rf "$kept.done"
}

# Gives keys their values in the files which declare them, as the control program's `config -u`
# does, whatever file a package puts a key in. $1 holds a line for each key: the key, a tab, the
# value as YAML. Keys that the package does not declare mean nothing to it. Agents up to OCP 3.1
# have no such files: OCP tells them over a protocol of its own.
set_properties() {
  local file changed=unchanged
  [ -d "$properties" ] || { echo unconfigurable; return; }
  for file in "$properties"/*.yaml; do
    (umask 077 && awk "$edit" <(printf '%s\n' "$1") "$file" >"$file.new") || return 1
    if cmp -s "$file" "$file.new"; then
      rm -f "$file.new"
      continue
    fi
    mv "$file.new" "$file" || return 1
    changed=changed
  done
  echo "$changed"
}

# Values are written plain, so they are declared so. The key comes first in every entry.
edit='
NR == FNR { tab = index($0, "\t"); wanted[substr($0, 1, tab - 1)] = substr($0, tab + 1); next }
/^ *- +key:/ { key = $3; gsub(/["\047]/, "", key) }
key in wanted && /^ *value:/ { sub(/value:.*/, ""); print $0 "value: " wanted[key]; next }
key in wanted && /^ *encrypted:/ { sub(/encrypted:.*/, "encrypted: false") }
{ print }'
