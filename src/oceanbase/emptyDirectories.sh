# Takes away what observer wrote. Expects the functions of the ledger and of directories.sh with their lists, and $etc, $run, $log.

# Of each directory on the data and redo disks: whose it is.
owners() {
  local path
  for path in "${targets[@]}"; do
    if [ ! -e "$path" ]; then echo "missing $path"; elif taken "$path"; then echo "ours $path"; else echo "foreign $path"; fi
  done
}

known() { local path; for path in "${links[@]}" "${targets[@]}"; do if [ "$path" = "$1" ]; then return 0; fi; done; return 1; }

# What observer keeps: data, redo, saved parameters, pid. Refuses before it touches anything when a directory is not this task's.
empty_known() {
  local path
  if owners | grep '^foreign ' >&2; then return 1; fi
  for path in "${targets[@]}"; do
    if [ -d "$path" ]; then find "$path/" -mindepth 1 -xdev ! -name lost+found -delete; fi
  done
  rm -f -- "$etc"/observer.conf{,ig}.bin{,.history} "$run"/observer.pid "$run"/*.sock
}

# As "Make dir for ob" left them: observer refuses to begin in a store that holds anything else.
empty_all() {
  local path root
  empty_known
  for root in "${roots[@]}"; do
    ours "$root" || continue
    for path in "$root"/* "$root"/.[!.]*; do
      [ -e "$path" ] || [ -L "$path" ] || continue
      [ "$path" = "$root/$mark" ] || known "$path" || rm -rf --one-file-system -- "$path"
    done
  done
}

# Observer names what it rotates itself: <log>.<time>.
set_log_aside() { if [ -s "$log/observer.log" ]; then mv "$log/observer.log" "$log/observer.log.$(date +%Y%m%d%H%M%S)"; fi; }

remove_logs() {
  [ -d "$log" ] || return 0
  find "$log" -maxdepth 1 -type f -regex '.*/\(observer\|election\|rootservice\|trace\|alert\)\.log.*' -delete
}

remove_notes() {
  rm -f -- "$ledger"/bootstrap "$ledger"/restarted-*
  [ -e "$made" ] || close_ledger
}
