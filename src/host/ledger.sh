# What a task made on a host: one line a thing, written and synced before the thing is made, so that
# a crash in between leaves a line too many, never one too few. A tree says itself whose it is, by a
# mark inside: it is made beside its place and moved there whole.
#
#   root p         a marked tree; only its known contents are removed
#   dir p          a directory that was missing; removed with its contents
#   parent p       likewise, and removed when nothing is left in it
#   empty p        a directory that was there and empty; emptied again
#   link p         a symbolic link
#   file p         a file that was missing
#   kept p         a file that was there; it lies beside under another name
#   rpm n          an installed package
#   owner u:g m p  whose a directory was that a package has too
#   beside n p     a file that a scriptlet of package n names
#   room p         a directory that was missing for one; as parent
#
# A line that begins with # is done with. Expects the functions of files.sh, $task, $mark and
# $state.
ledger=$state/$task
made=$ledger/made
noted() { grep -qxF -- "$1 $2" "$made" 2>/dev/null; }
# The last first. Of a file, not of a pipe: undoing must go on when /tmp is full.
lines() { [ ! -e "$made" ] || tac -- "$made" | sed -n "s/^$1 //p"; }
write_ledger() { cat >"$made.new" && sync "$made.new" && mv "$made.new" "$made" && sync "$ledger"; }
note() {
  local kind=$1 thing new=
  shift
  for thing; do noted "$kind" "$thing" || new+="$kind $thing"$'\n'; done
  [ -n "$new" ] || return 0
  install -d -m 700 "$state" "$ledger"
  { [ ! -e "$made" ] || cat "$made"; printf '%s' "$new"; } | write_ledger
}
# Struck out in place: that takes no room on a full disk, and is whole or not at all.
forget() {
  local at
  [ -e "$made" ] || return 0
  for at in $(grep -bxF -- "$1 $2" "$made" | cut -d : -f 1); do
    printf '#' | dd of="$made" bs=1 seek="$at" conv=notrunc,fsync status=none
  done
  grep -q '^[^#]' "$made" || close_ledger
}
close_ledger() {
  rm -rf -- "$ledger"
  rmdir --ignore-fail-on-non-empty "$state/packages" "$state" 2>/dev/null || true
}
# A script that was killed before it closed the ledger left one of which all is done with.
if [ -e "$made" ] && ! grep -q '^[^#]' "$made"; then close_ledger; fi
ours() { [ -f "$1/$mark" ] && { IFS= read -rn 32 REPLY <"$1/$mark" || true; } 2>/dev/null && [ "$REPLY" = "$task" ]; }
make_parents() {
  local path missing=() REPLY
  parent_of "$1"
  path=$REPLY
  while [ ! -e "$path" ]; do
    missing=("$path" ${missing[@]+"${missing[@]}"})
    parent_of "$path"
    path=$REPLY
  done
  [ "${#missing[@]}" -gt 0 ] || return 0
  note parent "${missing[@]}"
  for path in "${missing[@]}"; do new_directory "$path"; done
}
make_root() {
  [ ! -e "$1" ] || return 0
  make_parents "$1"
  note root "$1"
  new_directory "$1" "$mark"
}
make_dir() {
  [ ! -e "$1" ] || return 0
  make_parents "$1"
  note dir "$1"
  new_directory "$1"
}
# Renamed, what was there keeps its owner and mode, and putting it back takes no room.
keep() {
  if [ -e "$1" ] || [ -L "$1" ]; then
    noted file "$1" || note kept "$1"
  else
    noted kept "$1" || note file "$1"
  fi
  put_aside "$1"
}
put_aside() {
  if noted kept "$1" && [ ! -e "$1.obflow-$task" ]; then beside "$1" mv -T -- "$1" "$1.obflow-$task"; fi
}
put_back() {
  if noted kept "$1"; then
    if [ -e "$1.obflow-$task" ] || [ -L "$1.obflow-$task" ]; then beside "$1" mv -fT -- "$1.obflow-$task" "$1"; fi
    forget kept "$1"
  elif noted file "$1"; then
    remove "$1.new" "$1"
    forget file "$1"
  fi
}
# What a directory is made as before it is moved to its place.
remove_draft() { remove "$1.obflow-$task"; }
remove_parents() {
  local path
  lines parent | while IFS= read -r path; do
    remove_draft "$path"
    remove_empty "$path"
    [ -e "$path" ] || forget parent "$path"
  done
}
