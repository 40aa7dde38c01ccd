# Runs on a host, as root: starts a script in a session of its own under a mark, or ends what
# carries a mark.
# Nothing but definitions until the last line, so that a text cut short by a lost connection does
# nothing.

# The processes of the marked run that still live. `leader` led their session and began at `start`
# (clock ticks after boot).
members() {
  local stat line pid found='' others
  for stat in /proc/[0-9]*/stat; do
    { IFS= read -r line <"$stat"; } 2>/dev/null || continue
    pid=${line%% *}
    # A command name may hold blanks and brackets; what follows the last bracket is state, parent,
    # group, session, …, start.
    # shellcheck disable=SC2086
    set -- ${line##*) }
    [ "$4" = "$leader" ] && [ "$1" != Z ] && [ "$1" != X ] || continue
    if [ "$pid" = "$leader" ]; then
      # The number was given to a stranger since: nothing of the session is left, or the kernel
      # would not have reused it.
      [ "${20}" = "$start" ] || { found=''; break; }
    elif [ ! -e "/proc/$leader" ]; then
      grep -zqx "OBFLOW_RUN=$run" "/proc/$pid/environ" 2>/dev/null || continue
    fi
    found="$found $pid"
  done
  # Who left the session (each job of fio's leads its own) still carries the run's name, as a daemon
  # that is meant to stay does not.
  others=$(grep -lszx "OBFLOW_RUN=$run" /proc/[0-9]*/environ | cut -d / -f 3)
  # shellcheck disable=SC2086
  echo "$found" $others
}

# Ends every run marked in $1: TERM, 3 seconds, KILL until none is left (at most 10 seconds more).
end_marked() {
  local mark pids tries leader start run
  for mark in "$1"/*; do
    { read -r leader start run <"$mark"; } 2>/dev/null || continue
    for ((tries = 0; tries < 130; tries++)); do
      pids=$(members)
      [ -n "$pids" ] || break
      # shellcheck disable=SC2086
      if [ "$tries" -eq 0 ]; then kill -TERM $pids; elif [ "$tries" -ge 30 ]; then kill -KILL $pids; fi 2>/dev/null
      sleep 0.1
    done
    rm -f "$mark"
  done
}

# Becomes the leader: marks itself, then turns into the script as its user. $1 mark, $2 run, $3
# user, $4 bytes of script, $5 stdin. Every command starts what is started here: bash itself finds
# the home, and root gets no further shell.
lead='
stat=$(</proc/$$/stat)
stat=(${stat##*) })
echo "$$ ${stat[19]} $2" >"$1"
unset stat
export OBFLOW_RUN=$2 USER=$3
case $3 in *[!a-zA-Z0-9_-]*) HOME=$(getent passwd "$3" | cut -d: -f6) ;; *) eval "HOME=~$3" ;; esac
export HOME
begin='\''
script=$(head -c "$1")
case $script in *"# whole") ;; *) echo "the script did not arrive whole" >&2; exit 125 ;; esac
[ "$2" = open ] || exec </dev/null
eval "$script"'\''
[ "$3" = root ] || exec runuser -u "$3" -- bash --norc -c "$begin" obflow "$4" "$5"
set -- "$4" "$5"
eval "$begin"'

main() {
  local action=$1 marks=/run/obflow/$2 run=$3 user=$4 code
  export LC_ALL=C PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
  cd / || exit 125
  end_marked "$marks"
  if [ "$action" = end ]; then
    rmdir "$marks" 2>/dev/null
    echo "obflow $run"
    return 0
  fi
  mkdir -p -m 700 /run/obflow "$marks" || exit 125
  # What a login shell printed before this line is not the script's.
  echo "obflow $run"
  if [ "$user" != root ] && ! id -u "$user" >/dev/null 2>&1; then
    echo "user $user does not exist" >&2
    exit 126
  fi
  # In the background it is no group leader, so setsid does not fork and `wait` gives the script's
  # own exit code.
  setsid bash --norc -c "$lead" obflow "$marks/$run" "$run" "$user" "$5" "$6" <&0 &
  { wait $!; } 2>/dev/null
  code=$?
  # Killed from outside: what it started is nobody's any more.
  [ "$code" -le 128 ] || end_marked "$marks"
  rm -f "$marks/$run"
  rmdir "$marks" 2>/dev/null
  exit "$code"
}

main "$@"
