# Gives the file $path to other hosts. Reads a line of tokens, listens on a free port of $ip and
# prints `port N`; sends the file once to whoever names one of them. Ends with its standard input.
export LC_ALL=C
python='
import os, signal, socket, sys, threading
ip, path = sys.argv[1:3]
tokens = set(word.encode() for word in sys.stdin.readline().split())
source = os.open(path, os.O_RDONLY)
listener = socket.socket(socket.AF_INET6 if ":" in ip else socket.AF_INET)
listener.bind((ip, 0))
listener.listen(64)
# All that it needs is open: what listens for others is nobody.
os.setgroups([])
os.setgid(65534)
os.setuid(65534)
signal.alarm(3600)
lock, free = threading.Lock(), threading.Semaphore(32)

def first_line(peer):
    line = b""
    while not line.endswith(b"\n"):
        more = peer.recv(128 - len(line))
        if not more:
            return b""
        line += more
    return line.strip()

def give(peer):
    try:
        peer.settimeout(20)
        token = first_line(peer)
        with lock:
            if token not in tokens:
                return
            tokens.remove(token)
        at = 0
        while True:
            with lock:
                os.lseek(source, at, 0)
                chunk = os.read(source, 262144)
            if not chunk:
                return
            peer.sendall(chunk)
            at += len(chunk)
    except (OSError, socket.error):
        pass
    finally:
        peer.close()
        free.release()

def serve():
    while True:
        peer, _ = listener.accept()
        if not free.acquire(False):
            peer.close()
            continue
        thread = threading.Thread(target=give, args=(peer,))
        thread.daemon = True
        thread.start()

sys.stdout.write("port %d\n" % listener.getsockname()[1])
sys.stdout.flush()
thread = threading.Thread(target=serve)
thread.daemon = True
thread.start()
sys.stdin.read()
os._exit(0)
'
for program in python3 python /usr/libexec/platform-python python2; do
  if command -v "$program" >/dev/null 2>&1; then exec "$program" -c "$python" "$ip" "$path"; fi
done
exit 1
