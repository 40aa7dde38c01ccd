# Removes the packages called $name other than $keep, their daemons first. Expects the functions of
# files.sh.
set -uo pipefail
export LC_ALL=C

# Processes of the package itself: their command names a program of its directory bin.
daemons() {
  local directory command
  for directory in /proc/[0-9]*; do
    command=$(tr '\0' ' ' <"$directory/cmdline" 2>/dev/null) || continue
    case $command in *"$1/bin/"*) echo "${directory#/proc/}" ;; esac
  done
}

# Where a package has its daemon: its prefix does not tell where its files lie.
homes() { rpm -ql "$1" | sed -n 's|/bin/[a-z_]*agentd$||p' | sort -u; }

# Who could put another program in the place of $1: the owner of what is first on the way that is
# not root's alone.
holder() {
  local path found=root
  path=$(readlink -m -- "$1")
  while [ -n "$path" ]; do
    if ! of_root_alone "$path"; then
      found=$(stat -c %U -- "$path")
      # Root's, and yet a group or all may write there.
      [ "$found" != root ] || found=nobody
    fi
    path=${path%/*}
  done
  echo "$found"
}

installed=$(rpm -q --qf '%{NVRA}\n' "$name" 2>/dev/null) || exit 0
for nvra in $installed; do
  [ "$nvra" != "$keep" ] || continue
  for home in $(homes "$nvra"); do
    for control in "$home"/bin/*_agentctl; do
      [ -x "$control" ] && rpm -qf -- "$control" >/dev/null 2>&1 || continue
      owner=$(holder "$control")
      as_owner timeout 60 "$control" stop </dev/null >/dev/null 2>&1 && echo "stopped $nvra"
    done
    for pid in $(daemons "$home"); do kill "$pid" 2>/dev/null && echo "ended process $pid of $nvra"; done
  done
  rpm -e "$nvra" >&2 || exit 1
  echo "removed $nvra"
done
