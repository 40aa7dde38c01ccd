# Listens on the ports of the list `ports` at $ip for `seconds`, as a process called $name, and
# returns at once. Prints `program none` when nothing on the host can listen, else its `pid` and
# each port it listens on: not those that are taken. Both programs do the same.
export LC_ALL=C
python='
import os, select, socket, sys
name, ip, seconds = sys.argv[1:4]
held = []
for port in sys.argv[4:]:
    one = socket.socket()
    one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        # SO_REUSEPORT: another pre-check may listen at the same time.
        one.setsockopt(socket.SOL_SOCKET, 15, 1)
        one.bind((ip, int(port)))
        one.listen(128)
    except (OSError, socket.error):
        continue
    held.append((one, port))
with open("/proc/self/comm", "w") as comm:
    comm.write(name)
sys.stdout.write("pid %d %s\n" % (os.getpid(), " ".join(port for _, port in held)))
sys.stdout.flush()
null = os.open(os.devnull, os.O_RDWR)
os.dup2(null, 1)
# Not time.sleep(), which waits until a time and so fails under libfaketime.
select.select([], [], [], float(seconds))
'
perl='
use Socket;
my ($name, $ip, $seconds, @ports) = @ARGV;
my (@held, @open);
for my $port (@ports) {
  socket(my $one, PF_INET, SOCK_STREAM, 0) or next;
  setsockopt($one, SOL_SOCKET, SO_REUSEADDR, 1);
  setsockopt($one, SOL_SOCKET, 15, 1);
  bind($one, sockaddr_in($port, inet_aton($ip))) && listen($one, 128) or next;
  push @held, $one;
  push @open, $port;
}
if (open(my $comm, ">", "/proc/self/comm")) {
  print {$comm} $name;
  close($comm);
}
$| = 1;
print "pid $$ @open\n";
open(STDOUT, ">", "/dev/null");
sleep($seconds);
'
line=
for program in perl python3 python /usr/libexec/platform-python python2; do
  command -v "$program" >/dev/null 2>&1 || continue
  # Not found by the name of its subtask: it ends by itself, whatever becomes of who started it.
  case $program in perl) words=(-e "$perl") ;; *) words=(-c "$python") ;; esac
  { read -r line; } < <(env -u OBFLOW_RUN setsid "$program" "${words[@]}" "$name" "$ip" "$seconds" "${ports[@]}" 2>/dev/null </dev/null)
  [ -z "$line" ] || break
done
echo "${line:-program none}"
