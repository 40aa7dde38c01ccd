# Takes away what observer wrote. Expects the functions of the ledger and of directories.sh with
# their lists, and $etc, $run, $log.

# Of each directory on the data and redo disks: whose it is.
owners() {
  local path
  for path in "${targets[@]}"; do
    if [ ! -e "$path" ]; then echo "missing $path"; elif taken "$path"; then echo "ours $path"; else echo "foreign $path"; fi
  done
}

known() { local path; for path in "${links[@]}" "${targets[@]}"; do if [ "$path" = "$1" ]; then return 0; fi; done; return 1; }

# What observer keeps: data, redo, saved parameters, pid. Refuses before it touches anything when a
# directory is not this task's.
empty_known() {
  local path foreign
  foreign=$(owners | sed -n '/^foreign /p')
  if [ -n "$foreign" ]; then
    echo "$foreign" >&2
    return 1
  fi
  for path in "${targets[@]}"; do empty_directory "$(readlink -m -- "$path")"; done
  remove "$etc"/observer.conf{,ig}.bin{,.history} "$run"/observer.pid "$run"/*.sock
}

# As "Make dir for ob" left them: observer refuses to begin in a store that holds anything else.
empty_all() {
  local path root
  empty_known
  for root in "${roots[@]}"; do
    ours "$root" || continue
    for path in "$root"/* "$root"/.[!.]*; do [ "$path" = "$root/$mark" ] || known "$path" || remove "$path"; done
  done
}

# Observer names what it rotates itself: <log>.<time>.
set_log_aside() {
  if [ -s "$log/observer.log" ]; then as_owner mv -T -- "$log/observer.log" "$log/observer.log.$(date +%Y%m%d%H%M%S)"; fi
}

# Of a directory that was not empty before, nobody knows whose logs these are.
remove_logs() {
  taken "$log" && [ -d "$log" ] || return 0
  as_owner find "$log/" -maxdepth 1 -type f -regex '.*/\(observer\|election\|rootservice\|trace\|alert\)\.log.*' -delete
  # 4.2.2 and later write one of their own for people.
  if [ -d "$log/alert" ] && [ ! -L "$log/alert" ]; then
    as_owner find "$log/alert" -maxdepth 1 -type f -name 'alert.log*' -delete
    as_owner rmdir --ignore-fail-on-non-empty "$log/alert"
  fi
}

remove_notes() {
  rm -f -- "$ledger"/bootstrap "$ledger"/restarted-*
  [ -e "$made" ] || close_ledger
}
