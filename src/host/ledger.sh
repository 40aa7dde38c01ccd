# What a task made on a host: one line a thing, written and synced before the thing is made, so that a crash in between leaves a line too
# many, never one too few. A tree says itself whose it is, by a mark inside: it is made beside its place and moved there whole.
#
#   root p    a marked tree; only its known contents are removed      parent p  removed when nothing is left in it
#   dir p     a directory that was missing; removed with its contents empty p   was there and empty; emptied again
#   link p    a symbolic link                                         file p    a file that was missing
#   kept p    a file that was there; its copy lies with the ledger    rpm n     an installed package
#   owner u:g m p  whose a directory was that a package has too
#
# Expects $task, $mark and $state.
ledger=$state/$task
made=$ledger/made
noted() { grep -qxF -- "$1 $2" "$made" 2>/dev/null; }
lines() { [ ! -e "$made" ] || sed -n "s/^$1 //p" "$made" | tac; }
write_ledger() { cat >"$made.new" && sync "$made.new" && mv "$made.new" "$made" && sync "$ledger"; }
note() {
  local kind=$1 thing new=
  shift
  for thing; do noted "$kind" "$thing" || new+="$kind $thing"$'\n'; done
  [ -n "$new" ] || return 0
  install -d -m 700 "$state" "$ledger"
  { [ ! -e "$made" ] || cat "$made"; printf '%s' "$new"; } | write_ledger
}
forget() {
  [ -e "$made" ] || return 0
  { grep -vxF -- "$1 $2" "$made" || true; } | write_ledger
  [ -s "$made" ] || close_ledger
}
close_ledger() {
  rm -rf -- "$ledger"
  rmdir --ignore-fail-on-non-empty "$state/packages" "$state" 2>/dev/null || true
}
ours() { [ "$(cat "$1/$mark" 2>/dev/null)" = "$task" ]; }
make_parents() {
  local path=$1 owner=$2 missing=()
  path=$(dirname "$path")
  while [ ! -e "$path" ]; do missing=("$path" ${missing[@]+"${missing[@]}"}); path=$(dirname "$path"); done
  [ "${#missing[@]}" -gt 0 ] || return 0
  note parent "${missing[@]}"
  for path in "${missing[@]}"; do mkdir "$path"; chown "$owner:" "$path"; done
}
make_root() {
  local path=$1 owner=$2 new=$1.obflow-$task
  [ ! -e "$path" ] || return 0
  make_parents "$path" "$owner"
  note root "$path"
  rm -rf -- "$new"
  mkdir -m 755 "$new"
  echo "$task" >"$new/$mark"
  chown -R "$owner:" "$new"
  sync "$new/$mark"
  mv -T "$new" "$path"
}
make_dir() {
  local path=$1 owner=$2
  [ ! -e "$path" ] || return 0
  make_parents "$path" "$owner"
  note dir "$path"
  mkdir -m 755 "$path"
  chown "$owner:" "$path"
}
keep() {
  local path=$1 copy
  noted kept "$path" || noted file "$path" && return 0
  [ -e "$path" ] || { note file "$path"; return; }
  copy=$ledger/kept$path
  install -d -m 700 "$state" "$ledger" "$(dirname "$copy")"
  cp -p -- "$path" "$copy.new"
  sync "$copy.new"
  mv "$copy.new" "$copy"
  note kept "$path"
}
put_back() {
  local path=$1
  if noted kept "$path"; then
    cp -p -- "$ledger/kept$path" "$path.obflow-$task"
    mv "$path.obflow-$task" "$path"
    forget kept "$path"
  elif noted file "$path"; then
    rm -f -- "$path"
    forget file "$path"
  fi
}
remove_parents() {
  local path
  lines parent | while read -r path; do
    [ ! -d "$path" ] || rmdir --ignore-fail-on-non-empty "$path"
    [ -e "$path" ] || forget parent "$path"
  done
}
