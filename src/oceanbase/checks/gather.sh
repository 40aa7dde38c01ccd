# Prints what the pre-check must know of a host, one fact a line, its fields divided by tabs. Needs
# bash, coreutils, grep, find and /proc. Expects the lists ports, paths, disks, leftovers, commands,
# kernel, needs, and home, package, ip, os_user, mark; `identity` and the functions of files.sh.
export LC_ALL=C
say() { local IFS=$'\t'; printf '%s\n' "$*"; }
first() { REPLY=; [ -r "$1" ] && read -r REPLY 2>/dev/null <"$1"; }
# What only the OS user can tell: the limits of what it starts, how far down each path it sees, and
# whether it may write there. Needs `existing`.
tell() {
  local path
  say limits "$(ulimit -n)" "$(ulimit -u)" "$(ulimit -s)" "$(ulimit -c)"
  for path; do
    existing "$path"
    if [ -w "$REPLY" ] && [ -x "$REPLY" ]; then say seen "$path" "$REPLY" yes; else say seen "$path" "$REPLY" no; fi
  done
}
existing() { REPLY=$1; while [ ! -e "$REPLY" ]; do REPLY=${REPLY%/*} REPLY=${REPLY:-/}; done; }

# A path below a mount that does not answer would stop every look: then nothing else is looked at.
# Most answer, so all are asked at once before each is asked alone.
answers() { timeout -s KILL 5 stat -L -- "$@" >/dev/null 2>&1; [ $? -ne 137 ]; }
if ! answers "${disks[@]}"; then
  dead=
  for path in "${disks[@]}"; do answers "$path" || { say dead "$path"; dead=yes; }; done
  [ -z "$dead" ] || exit 0
fi

read -r machine boot < <(identity)
say machine "$machine" "$boot"
say architecture "$(uname -m)"
say cores "$(getconf _NPROCESSORS_ONLN)"
# Of the first processor.
while read -r name value; do
  case $name in flags | Features) break ;; esac
done </proc/cpuinfo
for feature in avx atomics; do
  case " $value " in *" $feature "*) say feature "$feature" ;; esac
done
while read -r name value _; do
  case $name in MemTotal: | MemFree: | MemAvailable: | Buffers: | Cached: | SwapTotal:) say memory "${name%:}" "$value" ;; esac
done </proc/meminfo
# Limits of the container or slice that this runs in, and all above it: a file of its own for each
# in version 1, a line of two numbers in version 2.
limits_of() {
  local root=/sys/fs/cgroup$1 dir=/sys/fs/cgroup$1$2 quota period
  [ -d "$dir" ] || dir=$root
  while :; do
    for file in memory.max memory.limit_in_bytes; do if first "$dir/$file" && [ "$REPLY" != max ]; then say cgroup memory "$REPLY"; fi; done
    if { read -r quota period <"$dir/cpu.max"; } 2>/dev/null && [ "$quota" != max ]; then say cgroup cpu "$quota" "$period"; fi
    if first "$dir/cpu.cfs_quota_us" && [ "${REPLY:--1}" -gt 0 ]; then quota=$REPLY; first "$dir/cpu.cfs_period_us" && say cgroup cpu "$quota" "$REPLY"; fi
    [ "$dir" != "$root" ] || break
    dir=${dir%/*}
  done
}
while IFS=: read -r _ kind group; do
  group=${group%/}
  case ,$kind, in
    ,,) limits_of '' "$group" ;;
    *,memory,*) limits_of /memory "$group" ;;&
    *,cpu,*) limits_of /cpu "$group" ;;
  esac
done </proc/self/cgroup
if id -u "$os_user" >/dev/null 2>&1; then say user "$os_user"; fi
runuser -u "$os_user" -- bash -c "$(declare -f say existing tell); tell \"\$@\"" _ "$home" "${paths[@]}" 2>/dev/null
for command in "${commands[@]}"; do command -v "$command" >/dev/null 2>&1 || say missing "$command"; done
for tool in fio "$home/bin/ob_admin"; do if command -v "$tool" >/dev/null 2>&1; then say tool "${tool##*/}"; fi; done
for name in "${kernel[@]}"; do if first "/proc/sys/${name//.//}"; then say kernel "$name" "$REPLY"; fi; done
if first /sys/fs/selinux/enforce && [ "$REPLY" = 1 ]; then say feature selinux; fi
if first /sys/kernel/mm/transparent_hugepage/enabled && [[ $REPLY == *'[always]'* ]]; then say feature thp; fi

for process in /proc/[0-9]*; do
  first "$process/comm"
  case $REPLY in
    # Its home may be reached over a link.
    observer)
      if [ "$process/cwd" -ef "$home" ]; then REPLY=$home; else REPLY=$(readlink "$process/cwd" 2>/dev/null); fi
      say observer "${process#/proc/}" "$REPLY"
      ;;
    firewalld) say feature firewalld ;;
  esac
done

# The kernel's tables may have 100,000 rows, and the machine as many open files: each is read once
# for all ports.
printf -v wanted '|%04X' "${ports[@]}"
inodes=() holders=() names=()
while read -r _ local _ _ _ _ _ _ _ inode _; do
  port=$((16#${local##*:}))
  [ -z "${inodes[port]}" ] || continue
  inodes[port]=$inode names+=(${names[@]+-o} -lname "socket:\\[$inode\\]")
done < <(grep -hE "^ *[0-9]+: [0-9A-F]+:(${wanted#|}) [0-9A-F:]+ 0A " /proc/net/tcp /proc/net/tcp6 2>/dev/null)
if [ "${#names[@]}" -gt 0 ]; then
  while read -r name holder; do
    inode=${name//[!0-9]/} pid=${holder#/proc/}
    holders[inode]=${holders[inode]:-${pid%%/*}}
  done < <(find /proc/[0-9]*/fd \( "${names[@]}" \) -printf '%l %p\n' 2>/dev/null)
fi
for port in "${ports[@]}"; do
  inode=${inodes[port]:-}
  [ -n "$inode" ] || continue
  pid=${holders[inode]:-0}
  first "/proc/$pid/comm"
  say listen "$port" "$pid" "${REPLY:-unknown}" "$(readlink "/proc/$pid/cwd" 2>/dev/null)"
done

for path in "$home" "${paths[@]}"; do
  kind=missing entries=0 owner='' by=''
  if [ -d "$path" ]; then
    kind=directory
    entries=$(ls -A "$path" | grep -cvxF -e "$mark" -e lost+found)
    owner=$(stat -Lc %U "$path")
    if [ -f "$path/$mark" ] && first "$path/$mark"; then by=$REPLY; fi
  elif [ -e "$path" ] || [ -L "$path" ]; then
    kind=other
  fi
  existing "$path"
  ancestor=$REPLY writable=no alone=no
  if [ -d "$ancestor" ] && [ -w "$ancestor" ]; then writable=yes; fi
  if trusted "$ancestor"; then alone=yes; fi
  say path "$path" "$kind" "$entries" "${owner:--}" "${by:--}" "$ancestor" "$writable" "$alone"
done
# What others have in the home: directories alone are no hindrance.
foreign=
[ ! -d "$home" ] || foreign=$(find "$home/" -mindepth 1 ! -type d ! -path '*/lost+found/*' -print -quit 2>/dev/null)
[ -z "$foreign" ] || say foreign "$foreign"
for path in "${leftovers[@]}"; do if [ -e "$path" ]; then say leftover "$path"; fi; done
for path in "${disks[@]}"; do
  existing "$path"
  { read -r && read -r device total used available percent mount; } < <(df -Pk "$REPLY")
  options=
  while read -r _ point _ flags _; do [ "$point" != "${mount// /\\040}" ] || options=$flags; done </proc/self/mounts
  say disk "$path" "$device" "$total" "$used" "$available" "${percent%\%}" "$options"
done

# Before 4.2 observer takes the first address of the device, whichever it is told.
device=
declare -A firsts=()
while read -r _ name _ address _; do
  name=${name%%@*} address=${address%/*}
  [ -n "${firsts[$name]-}" ] || firsts[$name]=$address
  [ "$address" != "$ip" ] || device=${device:-$name}
done < <(ip -o -4 address show 2>/dev/null)
if [ -n "$device" ] ||
  grep -xA1 -F -- "$(grep -o ".*|-- $ip\$" /proc/net/fib_trie 2>/dev/null | head -n 1)" /proc/net/fib_trie 2>/dev/null | grep -q 'host LOCAL' ||
  ip -o address show to "$ip" 2>/dev/null | grep -q .; then
  say address "$ip"
fi
[ -z "$device" ] || say device "$device" "${firsts[$device]}"
# Dependencies count where rpm keeps the system's libraries; elsewhere (Debian) the program itself
# has to prove them.
if [ "${#needs[@]}" -gt 0 ] && rpm -q glibc >/dev/null 2>&1; then
  for need in "${needs[@]}"; do rpm -q --whatprovides "$need" >/dev/null 2>&1 || say needs "$need"; done
fi
rpm -q --qf 'package\t%{NVRA}\n' "$package" 2>/dev/null | grep '^package'
