# Process 1 of a clean machine: a bare Debian, a name, an address, and none of this machine's own
# files. Arguments: the bare root, and a folder for what is written over it, with what its user
# brought in brought/.
# Standard input: one line with the address.
set -eu
base=$1 dir=$2

# /proc is still the machine's own here: this is the number by which it knows this process.
read -r pid _ </proc/self/stat
echo "pid $pid"
echo newcomer >/proc/sys/kernel/hostname

cd "$dir"
mkdir upper work root
mount -t overlay overlay -o "lowerdir=$base,upperdir=upper,workdir=work" root
mount -t proc proc root/proc
mount --rbind /dev root/dev
mount -t tmpfs -o mode=1777 shm root/dev/shm
mount -t tmpfs -o mode=755 run root/run
printf '127.0.0.1\tlocalhost\n' >root/etc/hosts
chroot root useradd --create-home --shell /bin/bash dba
cp -r brought/. root/home/dba/
chroot root chown -R dba:dba /home/dba
chmod 0700 root/home/dba/.ssh

read -r address
ip -batch - <<END
link set lo up
address add $address broadcast + dev eth0
link set eth0 up
END
cd root
pivot_root . .
umount -l .
cd /
echo up
exec sleep infinity
