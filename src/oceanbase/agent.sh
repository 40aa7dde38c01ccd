# Functions about the agent in `home`, owned by `owner`, configured for cluster `cluster`. Run as root.

running() {
  local pid
  pid=$(cat "$home/run/ob_agentd.pid" 2>/dev/null) && { tr '\0' ' ' <"/proc/$pid/cmdline"; } 2>/dev/null | grep -q 'ob_agentd'
}

# Outlives this script's session. Its output goes to a file: the daemon would hold a pipe open.
control() {
  cd "$home" || return 1
  if ! env -u OBFLOW_RUN setsid runuser -u "$owner" -- bin/ob_agentctl "$1" </dev/null >log/obflow.out 2>&1; then
    echo "ob_agentctl $1 failed:" >&2
    tail -n 20 log/obflow.out >&2
    return 1
  fi
}

stop_agent() {
  local tries
  running || return 0
  control stop || return 1
  for ((tries = 0; tries < 300; tries++)); do
    running || return 0
    sleep 0.1
  done
  echo "the agent did not exit" >&2
  return 1
}

# What was there before this cluster's configuration: the files themselves, `<name>.absent` for those that were not, and `running`.
kept=$home/backup/obflow-$cluster

keep() {
  [ -d "$kept" ] && return 0
  rm -rf "$kept.new"
  mkdir -p "$kept.new" || return 1
  local name
  for name in "$@"; do
    if [ -e "$home/conf/config_properties/$name" ]; then
      cp -p "$home/conf/config_properties/$name" "$kept.new/" || return 1
    else
      touch "$kept.new/$name.absent"
    fi
  done
  if running; then touch "$kept.new/running"; fi
  mv "$kept.new" "$kept"
}

changed=unchanged
# $1 name, $2 content
write() {
  local file=$home/conf/config_properties/$1
  [ "$(cat "$file" 2>/dev/null)" = "${2%$'\n'}" ] && return 0
  (umask 077 && printf '%s' "$2" >"$file.new") && chown "$owner:" "$file.new" && mv "$file.new" "$file" || return 1
  changed=changed
}

put_back() {
  [ -d "$kept" ] || return 0
  local file name
  for file in "$kept"/*; do
    name=${file##*/}
    case $name in
      running | '*') ;;
      *.absent) rm -f "$home/conf/config_properties/${name%.absent}" ;;
      *) cp -p "$file" "$home/conf/config_properties/$name" || return 1 ;;
    esac
  done
  stop_agent || return 1
  if [ -e "$kept/running" ]; then control start || return 1; fi
  rm -rf "$kept"
}
