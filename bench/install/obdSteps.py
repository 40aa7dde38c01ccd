"""What `obd cluster deploy` and `obd cluster start` do for OceanBase 4.2, as they do it: a kept paramiko connection a host, one command at a
time over it, host after host, files one by one over SFTP (with a password rsync is not used), fixed sleeps.

In our words after obdeploy a3e8c47d (GPL-3.0): ssh.py (execute_command, _client_put_file, remote_transporter), plugins/general/0.1/
install_repo.py, plugins/oceanbase/3.1.0/init.py, workflows/oceanbase/4.2.1.4/start_check.py and start.py with the plugins they name.
Left out: what obd does on the control machine alone, and obshell, which the enterprise package does not have.
"""

import json
import os
import sys
import time

import paramiko
import pymysql

with open(sys.argv[1], encoding="utf-8") as file:
    job = json.load(file)
hosts, home, data, redo = job["hosts"], job["home"], job["data"], job["redo"]


class Client:
    """ssh.py, SshClient: logs in once; every command is a channel whose end is waited for."""

    def __init__(self, ip):
        self.ssh = paramiko.SSHClient()
        self.ssh.set_missing_host_key_policy(paramiko.AutoAddPolicy())
        user = job["user"]
        self.ssh.connect(ip, username=user["name"], password=user["password"], look_for_keys=False, allow_agent=False)
        self.sftp = None

    def run(self, command):
        env = "export PATH=/sbin:/usr/local/bin:/usr/bin:/usr/local/sbin:/usr/sbin:$PATH;"
        _, out, err = self.ssh.exec_command(f'bash -c \'true\' ; ({env} {command});echo -e "\\n$?\\c"')
        text = out.read().decode(errors="replace")
        err.read()
        at = text.rindex("\n")
        code = "".join(letter for letter in text[at:] if letter.isdigit())
        return int(code or 1), text[:at]

    def must(self, command):
        code, text = self.run(command)
        if code != 0:
            raise RuntimeError(f"{command} ended with {code}: {text}")
        return text

    def put_file(self, source, target):
        if self.sftp is None:
            self.sftp = self.ssh.open_sftp()
        self.must(f"mkdir -p {os.path.dirname(target)} && rm -fr {target}")
        self.sftp.put(source, target)
        self.must(f"chmod {oct(os.stat(source).st_mode)[-3:]} {target}")


clients = {host["ip"]: Client(host["ip"]) for host in hosts}

# init.py: work home, data and redo directories of one server after the other.
for host in hosts:
    client = clients[host["ip"]]
    client.must(f"mkdir -p {home}")
    client.must(f"ls {home}")
    client.must(f'bash -c "mkdir -p {home}/{{etc,admin,.conf,log,bin,lib}}"')
    client.must(f"mkdir -p {data}")
    client.must(f"ls {data}")
    client.must(f'bash -c "mkdir -p {data}/sstable"')
    client.run(f"if [ ! '{data}' -ef '{home}/store' ]; then ln -sf {data} {home}/store; fi")
    for key, place in (("clog", redo), ("slog", data), ("ilog", redo)):
        path = f"{place}/{key}"
        client.must(f"mkdir -p {path}")
        client.must(f"ls {path}")
        client.must(f"mkdir -p {path}")
        client.run(f"if [ ! '{path}' -ef '{data}/{key}' ]; then ln -sf {path} {data}/{key}; fi")
    client.run(f"df --block-size=1024 {data}")
    client.run(f"df --block-size=1024 {redo}")

# install_repo.py: bin, etc and admin of the package go to ~/.obd of each server and are linked into its home.
for host in hosts:
    client = clients[host["ip"]]
    remote = client.must('echo ${OBD_HOME:-"$HOME"}/.obd').strip() + "/repository/oceanbase"
    client.run(f"cat {remote}/.data")
    sent = []
    for folder, _, names in os.walk(job["unpacked"]):
        for name in names:
            source = os.path.join(folder, name)
            if os.path.isfile(source):
                target = os.path.join(remote, os.path.relpath(source, job["unpacked"]))
                client.put_file(source, target)
                sent.append(target)
    client.must(f"mkdir -p {home} && cd {remote} && find -type d | xargs -i mkdir -p {home}/{{}}")
    for folder in ("bin", "etc", "admin", "lib"):
        code, _ = client.run(f"ls -1 {remote}/{folder}")
        if code == 0:
            how = "cp -f" if folder == "etc" else "ln -fs"
            client.must(f"cd {remote}/{folder} && find -type f | xargs -i {how} {remote}/{folder}/{{}} {home}/{folder}/{{}}")
            client.must(f"cd {remote}/{folder} && find -type l | xargs -i {how} {remote}/{folder}/{{}} {home}/{folder}/{{}}")
    # The lab's launcher finds its program beside the file that a link leads to, as observer finds its libraries.
for host in hosts:
    clients[host["ip"]].run(f"ldd {home}/bin/observer")

# start_check: status, parameters, limits, resources, environment.
for host in hosts:
    clients[host["ip"]].run(f"cat {home}/run/observer.pid")
for host in hosts:
    client = clients[host["ip"]]
    client.run(f"ls {data}/sstable/block_file")
for host in hosts:
    client = clients[host["ip"]]
    client.run("cat /proc/sys/fs/aio-max-nr /proc/sys/fs/aio-nr")
    client.run('bash -c "ulimit -a"')
    client.run("sysctl -a")
for host in hosts:
    client = clients[host["ip"]]
    client.run("cat /proc/meminfo")
    client.run("df --block-size=1024 ")
    for path in (data, redo):
        client.run(f"df --block-size=1024 {path}")
for host in hosts:
    client = clients[host["ip"]]
    for _ in range(1):
        client.run("date +%s%N")
for host in hosts:
    client = clients[host["ip"]]
    for path in (home, data, redo, f"{redo}/clog", f"{data}/slog"):
        client.run(f'bash -c "[ -a {path} ]"')
        client.run(f"[ -d {path} ]")
        client.run(f"[ -w {path} ]")
    for port in (job["sqlPort"], job["rpcPort"]):
        shown = f"{port:04X}"
        client.run(
            "bash -c 'cat /proc/net/{tcp*,udp*}' | awk -F' ' '{if($4==\"0A\") print $2,$4,$10}' | "
            f"grep ':{shown}' | awk -F' ' '{{print $3}}' | uniq"
        )
    client.run("lscpu | grep avx")
for host in hosts:
    client = clients[host["ip"]]
    client.run("cat /proc/net/dev")
for host in hosts:
    client = clients[host["ip"]]
    client.run("ping -W 1 -c 1 127.0.0.1")
    for other in hosts:
        if other is not host:
            client.run(f"ping -W 1 -c 1 {other['ip']}")

# start_pre.py and start.py.
roots = ";".join(f"{host['ip']}:{job['rpcPort']}:{job['sqlPort']}" for host in hosts)
commands = {}
for host in hosts:
    client = clients[host["ip"]]
    client.run(f"ls {data}/clog/tenant_1/")
    client.run(f"cat {home}/run/observer.pid")
    client.run(f"ls {home}/etc/observer.config.bin")
    commands[host["ip"]] = (
        f"cd {home}; {home}/bin/observer -r '{roots}' -p {job['sqlPort']} -P {job['rpcPort']} -z '{host['zone']}' "
        f"-n '{job['name']}' -c {job['clusterId']} -d '{data}' -I '{host['ip']}' -l INFO"
    )
for host in hosts:
    clients[host["ip"]].must(f"export LD_LIBRARY_PATH={home}/lib: ; {commands[host['ip']]}")

# health_check.py.
time.sleep(3)
for host in hosts:
    client = clients[host["ip"]]
    pid = client.must(f"cat {home}/run/observer.pid").strip()
    client.must(f"ls /proc/{pid}")


def connect(password):
    """connect.py: any server that answers; 3 s between two rounds."""
    for _ in range(101):
        for host in hosts:
            try:
                connection = pymysql.connect(
                    host=host["ip"], port=job["sqlPort"], user="root@sys", password=password, autocommit=True
                )
                connection.cursor().execute("select 1")
                return connection
            except pymysql.MySQLError:
                continue
        time.sleep(3)
    raise RuntimeError("no server answers")


# bootstrap.py.
database = connect("")
cursor = database.cursor()
cursor.execute("set session ob_query_timeout=1000000000")
members = ",".join(
    f"REGION \"hangzhou\" ZONE \"{host['zone']}\" SERVER \"{host['ip']}:{job['rpcPort']}\"" for host in hosts
)
cursor.execute(f"alter system bootstrap {members}")
for host in hosts:
    cursor.execute(f"alter system modify zone {host['zone']} set idc = %s", [host["idc"]])
cursor.execute('alter user "root" IDENTIFIED BY %s', [job["rootPassword"]])
while True:
    cursor.execute("select status from oceanbase.DBA_OB_SERVERS")
    rows = cursor.fetchall()
    if len(rows) == len(hosts) and all(row[0] for row in rows):
        break
    time.sleep(1)

# user_pre.py and create_user.py.
for name in ("proxyro", "ocp_monitor"):
    cursor.execute(f"create user if not exists '{name}' IDENTIFIED BY %s", [job["rootPassword"]])
    cursor.execute(f"grant select on *.* to '{name}' IDENTIFIED BY %s", [job["rootPassword"]])
database.close()
