# Removes the packages called $name other than $keep, their daemons first. Expects $process and $control (may be empty), and the functions of
# files.sh.
set -uo pipefail
export LC_ALL=C

# Processes of the package itself: their command names the daemon, and its program lies in what is to be removed.
daemons() {
  local directory command
  for directory in /proc/[0-9]*; do
    command=$(tr '\0' ' ' <"$directory/cmdline" 2>/dev/null) || continue
    case $command in *"$1/"*"$process"*) echo "${directory#/proc/}" ;; esac
  done
}

# Who could put another program in the place of $1: the owner of what is first on the way that is not root's alone.
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
  home=$(rpm -q --qf '[%{INSTPREFIXES}\n]' "$nvra" | head -n 1)
  if [ -n "$control" ] && [ -x "$home/bin/$control" ]; then
    owner=$(holder "$home/bin/$control")
    as_owner timeout 60 "$home/bin/$control" stop </dev/null >/dev/null 2>&1 && echo "stopped $nvra"
  fi
  case $home in
    /?*)
      for pid in $(daemons "$home"); do kill "$pid" 2>/dev/null && echo "ended process $pid of $nvra"; done
      ;;
  esac
  rpm -e "$nvra" >&2 || exit 1
  echo "removed $nvra"
done
