# The directories of a cluster on one host. Expects the ledger's functions, the lists roots,
# directories, links and targets, and $owner, $etc. A root is a tree of this cluster alone;
# `directories` are the others, below a root or in OceanBase's home. What was there and empty is
# noted by the physical path: a link that is put in its place later is not what was noted.

in_roots() { local root; for root in "${roots[@]}"; do case $1 in "$root"/*) return 0 ;; esac; done; return 1; }
in_ours() { local root; for root in "${roots[@]}"; do case $1 in "$root"/*) if ours "$root"; then return 0; fi ;; esac; done; return 1; }
# Whether this task may write there: it made the tree or the directory, or found it empty before.
taken() { { [ ! -L "$1" ] && { in_ours "$1" || noted dir "$1"; }; } || noted empty "$(readlink -m -- "$1")"; }
entries() { find "$1/" -mindepth 1 -maxdepth 1 ! -name lost+found -print -quit; }

# Everything that forbids an install, before anything is made.
refuse() {
  local path index
  for path in "${roots[@]}" "${directories[@]}"; do
    if { [ -e "$path" ] || [ -L "$path" ]; } && [ ! -d "$path" ]; then echo "problem $path is there and is not a directory"; fi
  done
  for path in "${directories[@]}"; do
    [ -d "$path" ] && in_roots "$path" && ! taken "$path" || continue
    if [ -n "$(entries "$path")" ]; then echo "problem $path is not empty and was not made by this task"; fi
    if [ "$(stat -Lc %U "$path")" != "$owner" ]; then echo "problem $path belongs to $(stat -Lc %U "$path"), not to $owner"; fi
  done
  for index in "${!links[@]}"; do
    path=${links[index]}
    [ -e "$path" ] || [ -L "$path" ] || continue
    [ -L "$path" ] && [ "$(readlink "$path")" = "${targets[index]}" ] && continue
    in_ours "$path" || echo "problem $path is there and is not a link to ${targets[index]}"
  done
}

make_all() {
  local path index
  for path in "${roots[@]}"; do
    if [ ! -e "$path" ]; then
      make_root "$path"
      echo "made $path"
    fi
  done
  for path in "${directories[@]}"; do
    if [ ! -e "$path" ] && in_ours "$path"; then
      new_directory "$path"
    elif [ ! -e "$path" ]; then
      make_dir "$path"
      echo "made $path"
    elif ! taken "$path" && [ -z "$(entries "$path")" ]; then
      note empty "$(readlink -m -- "$path")"
      echo "took $path, which was there and empty"
    fi
  done
  for index in "${!links[@]}"; do
    path=${links[index]}
    [ -L "$path" ] && [ "$(readlink "$path")" = "${targets[index]}" ] && continue
    in_ours "$path" || note link "$path"
    as_owner ln -sfnT -- "${targets[index]}" "$path"
  done
}

# What is not as it was meant to be.
prove() {
  local path index
  for path in "${directories[@]}"; do
    # A package may keep its own etc; observer must be able to write there all the same.
    if [ ! -d "$path" ]; then echo "problem $path is not there"; fi
    if [ "$(stat -Lc %U "$path" 2>/dev/null)" != "$owner" ]; then echo "problem $path does not belong to $owner"; fi
  done
  for index in "${!links[@]}"; do
    if [ "$(readlink "${links[index]}")" != "${targets[index]}" ]; then echo "problem ${links[index]} does not lead to ${targets[index]}"; fi
  done
}

remove_root() {
  local root=$1 path mine=
  remove_draft "$root"
  if ours "$root"; then
    mine=yes
    for path in "${links[@]}"; do
      case $path in "$root"/*) [ ! -L "$path" ] || remove "$path" ;; esac
    done
    for path in "${directories[@]}"; do
      case $path in "$root"/*) remove_made "$path" || true ;; esac
    done
    remove "$root/$mark"
  fi
  # Empty and without its mark, its removal was cut off right before the end.
  if [ -n "$mine" ] || { [ -d "$root" ] && [ ! -L "$root" ] && [ -z "$(ls -A "$root")" ]; }; then
    if remove_bare "$root"; then echo "removed $root"; else echo "left $root: not all in it is this task's"; fi
  fi
  forget root "$root"
}

# A directory that this task made. A link in its place was made by somebody who moved it away.
remove_made() {
  if [ -L "$1" ]; then
    echo "left $1: it is a link to $(readlink "$1") now, which this task did not make"
  elif ! remove "$1"; then
    echo "left $1: $owner may not remove all that is in it"
  else
    return 0
  fi
  return 1
}

remove_all() {
  local path name
  for name in observer.config.bin observer.config.bin.history observer.conf.bin observer.conf.bin.history; do
    if [ -n "$(lines root)" ]; then remove "$etc/$name"; fi
  done
  lines link | while IFS= read -r path; do
    [ ! -L "$path" ] || remove "$path"
    forget link "$path"
  done
  lines root | while IFS= read -r path; do remove_root "$path"; done
  lines dir | while IFS= read -r path; do
    remove_draft "$path"
    if remove_made "$path"; then echo "removed $path"; fi
    forget dir "$path"
  done
  lines empty | while IFS= read -r path; do
    if empty_directory "$path"; then echo "emptied $path"; else echo "left $path: $owner may not remove all that is in it"; fi
    forget empty "$path"
  done
  remove_parents
  # What others put something into stays, and is no longer this task's; the package still needs to
  # know of the parents of its home.
  lines parent | while IFS= read -r path; do
    case $etc/ in "$path"/*) ;; *) forget parent "$path" ;; esac
  done
}
