# Process 1 of a container until its command takes its place: a tree of mounts over this machine's own, a name, an address.
# Arguments: folder of the container, its name, working directory, user, and the command. Standard input: one line with the address.
# The container's environment is this script's own.
set -eu
dir=$1 name=$2 cwd=$3 user=$4
shift 4

# /proc is still the machine's own here, so this is the number by which the machine knows this process.
read -r pid _ </proc/self/stat
echo "pid $pid"
echo "$name" >/proc/sys/kernel/hostname

cd "$dir"
# What a container writes outside its volumes is in memory, and gone when it ends.
mount -t tmpfs -o mode=755 memory memory
mkdir memory/upper memory/work
mount -t overlay overlay -o lowerdir=/,upperdir=memory/upper,workdir=memory/work root
mount -t proc proc root/proc
mount --rbind /dev root/dev
mount -t tmpfs -o mode=1777 shm root/dev/shm
mount -t tmpfs -o mode=1777 tmp root/tmp
mount -t tmpfs -o mode=755 run root/run
mkdir -m 1777 root/run/lock
while IFS=$'\t' read -r source target options; do
  if [ -d "$source" ]; then mkdir -p "root$target"; else mkdir -p "root${target%/*}" && touch "root$target"; fi
  mount -o "$options" "$source" "root$target"
done <mounts
cd root
pivot_root . .
umount -l .

read -r address
ip -batch - <<END
link set lo up
address add $address broadcast + dev eth0
link set eth0 up
END
echo up
cd "$cwd"
if [ "$user" = 0 ]; then exec "$@"; fi
exec setpriv --reuid "$user" --regid "$user" --clear-groups -- "$@"
