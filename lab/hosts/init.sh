# Process 1 of a lab host: makes the host's own tree of mounts, takes its network address, starts sshd, and then reaps what is orphaned.
# Arguments: host directory, host name. Standard input: one line with the address; its end means that the owner is gone.
set -eu
ulimit -c unlimited -s unlimited 2>/dev/null || true
ulimit -n 655350 2>/dev/null && ulimit -u 655360 2>/dev/null || echo "limits"

# /proc is still the machine's own here, so this is the number by which the machine knows this process.
read -r pid _ </proc/self/stat
echo "pid $pid"
echo "$2" >/proc/sys/kernel/hostname

cd "$1"
mount --bind root root
# In memory: the host's devices and its copies of kernel settings.
mount -t tmpfs -o mode=755 memory memory
cp -a ../template/dev ../template/sysctl memory/
if ! mount -t overlay overlay -o lowerdir=/usr,upperdir=usr,workdir=work root/usr 2>/dev/null; then
  # An overlay cannot lie on every filesystem (a container's root is one itself); memory always serves, and is forgotten at power-off.
  mkdir memory/usr memory/work
  mount -t overlay overlay -o lowerdir=/usr,upperdir=memory/usr,workdir=memory/work root/usr
fi
mount --all --fstab fstab
mkdir root/run/sshd root/run/lock
cd root
pivot_root . .
umount -l .

read -r address
ip -batch - <<END
link set lo up
address add $address broadcast + dev eth0
link set eth0 up
END

# Reading blocks for as long as the owner lives; bash reaps orphans meanwhile.
exec /usr/bin/env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin /bin/bash -c \
  'cd /; /usr/sbin/sshd -E /var/log/sshd.log; echo up; exec >/dev/null 2>&1; while read -r _; do :; done'
