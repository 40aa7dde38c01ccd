# The directories of a cluster on one host. Expects the ledger's functions, the lists roots, directories, links and targets, and $owner, $etc.
# A root is a tree of this cluster alone; `directories` are the others, below a root or in OceanBase's home.

in_roots() { local root; for root in "${roots[@]}"; do case $1 in "$root"/*) return 0 ;; esac; done; return 1; }
in_ours() { local root; for root in "${roots[@]}"; do case $1 in "$root"/*) if ours "$root"; then return 0; fi ;; esac; done; return 1; }
# Whether this task may write there: it made the tree or the directory, or found it empty before.
taken() { in_ours "$1" || noted dir "$1" || noted empty "$1"; }
entries() { find "$1" -mindepth 1 -maxdepth 1 ! -name lost+found -print -quit; }

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
    if [ ! -e "$path" ]; then make_root "$path" "$owner"; echo "made $path"; fi
  done
  for path in "${directories[@]}"; do
    if [ ! -e "$path" ] && in_ours "$path"; then
      mkdir -p -m 755 "$path"
      chown "$owner:" "$path"
    elif [ ! -e "$path" ]; then
      make_dir "$path" "$owner"
      echo "made $path"
    elif in_roots "$path" && ! taken "$path"; then
      note empty "$path"
      echo "took $path, which was there and empty"
    fi
  done
  for index in "${!links[@]}"; do
    path=${links[index]}
    [ -L "$path" ] && [ "$(readlink "$path")" = "${targets[index]}" ] && continue
    in_ours "$path" || note link "$path"
    ln -sfn "${targets[index]}" "$path"
    chown -h "$owner:" "$path"
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
  local root=$1 path
  rm -rf -- "$root.obflow-$task"
  if ours "$root"; then
    for path in "${links[@]}" "${directories[@]}"; do
      case $path in "$root"/*) rm -rf --one-file-system -- "$path" ;; esac
    done
    rm -f -- "$root/$mark"
    if rmdir "$root" 2>/dev/null; then echo "removed $root"; else echo "left $root: not all in it is this task's"; fi
  fi
  forget root "$root"
}

remove_all() {
  local path name
  for name in observer.config.bin observer.config.bin.history observer.conf.bin observer.conf.bin.history; do
    if [ -n "$(lines root)" ]; then rm -f -- "$etc/$name"; fi
  done
  lines link | while IFS= read -r path; do
    if [ -L "$path" ]; then rm -f -- "$path"; fi
    forget link "$path"
  done
  lines root | while IFS= read -r path; do remove_root "$path"; done
  lines dir | while IFS= read -r path; do
    rm -rf --one-file-system -- "$path"
    echo "removed $path"
    forget dir "$path"
  done
  lines empty | while IFS= read -r path; do
    if [ -d "$path" ]; then find "$path/" -mindepth 1 -xdev ! -name lost+found -delete; fi
    echo "emptied $path"
    forget empty "$path"
  done
  remove_parents
  # What others put something into stays, and is no longer this task's; the package still needs to know of the parents of its home.
  lines parent | while IFS= read -r path; do
    case $etc/ in "$path"/*) ;; *) forget parent "$path" ;; esac
  done
}
