# Removes the packages called $name other than $keep, their daemons first. Expects $process and $control (may be empty) as well.
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

installed=$(rpm -q --qf '%{NVRA}\n' "$name" 2>/dev/null) || exit 0
while IFS= read -r nvra; do
  [ "$nvra" != "$keep" ] || continue
  home=$(rpm -q --qf '[%{INSTPREFIXES}\n]' "$nvra" | head -n 1)
  if [ -n "$control" ] && [ -x "$home/bin/$control" ]; then timeout 60 "$home/bin/$control" stop </dev/null >/dev/null 2>&1 && echo "stopped $nvra"; fi
  case $home in
    /?*)
      for pid in $(daemons "$home"); do kill "$pid" 2>/dev/null && echo "ended process $pid of $nvra"; done
      ;;
  esac
  rpm -e "$nvra" >&2 || exit 1
  echo "removed $nvra"
done <<<"$installed"
