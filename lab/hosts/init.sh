# Process 1 of a lab host: makes the host's own tree of mounts, takes its network address, starts sshd, and then reaps what is orphaned.
# Arguments: host directory, host name, node binary. Standard input: one line with the address; its end means that the owner is gone.
set -eu
dir=$1 name=$2 node=$3
root=$dir/root
ulimit -c unlimited -s unlimited 2>/dev/null || true
ulimit -n 655350 2>/dev/null && ulimit -u 655360 2>/dev/null || echo "limits"

# /proc is still the machine's own here, so this is the number by which the machine knows this process.
read -r pid _ </proc/self/stat
echo "pid $pid"

hostname "$name"
mount --bind "$root" "$root"
if ! mount -t overlay overlay -o "lowerdir=/usr,upperdir=$dir/usr,workdir=$dir/work" "$root/usr" 2>/dev/null; then
  # An overlay cannot lie on every filesystem (a container's root is one itself); memory always serves, and is forgotten at power-off.
  mount -t tmpfs -o mode=755 usr "$dir/memory"
  mkdir "$dir/memory/usr" "$dir/memory/work"
  mount -t overlay overlay -o "lowerdir=/usr,upperdir=$dir/memory/usr,workdir=$dir/memory/work" "$root/usr"
fi

mount -t proc proc "$root/proc"
# Settings of the whole machine: vm and fs are this host's own copies, kernel may only be read; net belongs to the network namespace anyway.
mount --bind "$dir/sysctl/vm" "$root/proc/sys/vm"
mount --bind "$dir/sysctl/fs" "$root/proc/sys/fs"
mount --bind "$root/proc/sys/kernel" "$root/proc/sys/kernel"
mount -o remount,bind,ro "$root/proc/sys/kernel"
mount -t sysfs -o ro sysfs "$root/sys"
mount -t tmpfs -o mode=755 run "$root/run"
mount -t tmpfs -o mode=755,nosuid dev "$root/dev"
cp -a /dev/null /dev/zero /dev/full /dev/random /dev/urandom /dev/tty "$root/dev/"
mkdir "$root/dev/pts" "$root/dev/shm" "$root/run/sshd" "$root/run/lock"
mount -t devpts -o newinstance,ptmxmode=0666,mode=620,gid=5 devpts "$root/dev/pts"
mount -t tmpfs -o mode=1777 shm "$root/dev/shm"
ln -s pts/ptmx "$root/dev/ptmx"
ln -s /proc/self/fd "$root/dev/fd"
ln -s /proc/self/fd/0 "$root/dev/stdin"
ln -s /proc/self/fd/1 "$root/dev/stdout"
ln -s /proc/self/fd/2 "$root/dev/stderr"
mount --bind "$node" "$root/opt/obflow-lab/node"

mkdir -p "$root/mnt/machine"
cd "$root"
pivot_root . mnt/machine
umount -l /mnt/machine
rmdir /mnt/machine

read -r address
ip link set lo up
ip address add "$address" broadcast + dev eth0
ip link set eth0 up

# Reading blocks for as long as the owner lives; bash reaps orphans meanwhile.
exec /usr/bin/env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin /bin/bash -c \
  'cd /; /usr/sbin/sshd -E /var/log/sshd.log; echo up; exec >/dev/null 2>&1; while read -r _; do :; done'
