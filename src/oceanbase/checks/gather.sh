# Prints what the pre-check must know of a host, one fact a line, its fields divided by tabs. Needs bash, coreutils, grep, find and /proc.
# Expects the lists ports, paths, disks, leftovers, peers (ip:port), commands, kernel, and home, package, ip, os_user, mark.
export LC_ALL=C
say() { local IFS=$'\t'; printf '%s\n' "$*"; }
first() { REPLY=; [ -r "$1" ] && read -r REPLY 2>/dev/null <"$1"; }
# What only the OS user can tell: the limits of what it starts, and how far down each path it sees. Needs `existing`.
tell() {
  local path
  say limits "$(ulimit -n)" "$(ulimit -u)" "$(ulimit -s)" "$(ulimit -c)"
  for path; do existing "$path"; say seen "$path" "$REPLY"; done
}
existing() { REPLY=$1; while [ ! -e "$REPLY" ]; do REPLY=${REPLY%/*} REPLY=${REPLY:-/}; done; }

# Peers answer while the rest is read; a line this short is written in one piece.
for peer in "${peers[@]}"; do
  { timeout 1.5 bash -c 'exec 3<>"/dev/tcp/$1/$2"' _ "${peer%:*}" "${peer##*:}" 2>/dev/null && say peer "${peer%:*}" yes || say peer "${peer%:*}" no; } &
done

say architecture "$(uname -m)"
say cores "$(getconf _NPROCESSORS_ONLN)"
if grep -qwm1 avx /proc/cpuinfo; then say feature avx; fi
while read -r name value _; do
  case $name in MemTotal: | MemAvailable: | SwapTotal:) say memory "${name%:}" "$value" ;; esac
done </proc/meminfo
if id -u "$os_user" >/dev/null 2>&1; then say user "$os_user"; fi
runuser -u "$os_user" -- bash -c "$(declare -f say existing tell); tell \"\$@\"" _ "${paths[@]}" 2>/dev/null
for command in "${commands[@]}"; do command -v "$command" >/dev/null 2>&1 || say missing "$command"; done
for tool in fio "$home/bin/ob_admin"; do if command -v "$tool" >/dev/null 2>&1; then say tool "${tool##*/}"; fi; done
for name in "${kernel[@]}"; do if first "/proc/sys/${name//.//}"; then say kernel "$name" "$REPLY"; fi; done
if first /sys/fs/selinux/enforce && [ "$REPLY" = 1 ]; then say feature selinux; fi
if first /sys/kernel/mm/transparent_hugepage/enabled && [[ $REPLY == *'[always]'* ]]; then say feature thp; fi

for process in /proc/[0-9]*; do
  first "$process/comm"
  case $REPLY in
    observer) say observer "${process#/proc/}" "$(readlink "$process/cwd" 2>/dev/null)" ;;
    firewalld) say feature firewalld ;;
  esac
done

for port in "${ports[@]}"; do
  printf -v hex '%04X' "$port"
  inode=$(cat /proc/net/tcp /proc/net/tcp6 2>/dev/null | while read -r _ local _ state _ _ _ _ _ inode _; do
    if [ "$state" = 0A ] && [ "${local##*:}" = "$hex" ]; then echo "$inode"; break; fi
  done)
  [ -n "$inode" ] || continue
  holder=$(find /proc/[0-9]*/fd -lname "socket:\[$inode\]" -print -quit 2>/dev/null)
  pid=${holder#/proc/} pid=${pid%%/*}
  first "/proc/${pid:-0}/comm"
  say listen "$port" "${pid:-0}" "${REPLY:-unknown}" "$(readlink "/proc/${pid:-0}/cwd" 2>/dev/null)"
done

for path in "${paths[@]}"; do
  kind=missing entries=0 owner='' by=''
  if [ -d "$path" ]; then
    kind=directory
    entries=$(ls -A "$path" | grep -cvxF -e "$mark" -e lost+found)
    owner=$(stat -Lc %U "$path")
    if first "$path/$mark"; then by=$REPLY; fi
  elif [ -e "$path" ] || [ -L "$path" ]; then
    kind=other
  fi
  existing "$path"
  ancestor=$REPLY writable=no
  if [ -d "$ancestor" ] && [ -w "$ancestor" ]; then writable=yes; fi
  say path "$path" "$kind" "$entries" "${owner:--}" "${by:--}" "$ancestor" "$writable"
done
for path in "${leftovers[@]}"; do if [ -e "$path" ]; then say leftover "$path"; fi; done
for path in "${disks[@]}"; do
  existing "$path"
  read -r device total _ available used _ < <(df -Pk "$REPLY" | tail -n 1)
  say disk "$path" "$device" "$total" "$available" "${used%\%}"
done

if grep -xA1 -F -- "$(grep -o ".*|-- $ip\$" /proc/net/fib_trie 2>/dev/null | head -n 1)" /proc/net/fib_trie 2>/dev/null | grep -q 'host LOCAL' ||
  ip -o address show to "$ip" 2>/dev/null | grep -q .; then
  say address "$ip"
fi
rpm -q --qf 'package\t%{NVRA}\n' "$package" 2>/dev/null | grep '^package'
wait
