/** What `obflow init` writes: a cluster of three hosts, and all else as comments. */
export const sample = `# A cluster for obflow: edit it, then
#   obflow plan  -f cluster.yaml     what would be made, and what speaks against it
#   obflow apply -f cluster.yaml     makes it; a second time it does only what is missing
# Editors complete and check this file with the schema that "obflow schema >topology.schema.json" writes, and
# the line:  # yaml-language-server: $schema=./topology.schema.json

# Package files: the server with its libraries, the agent, and obproxy if you want one. Paths from this file's
# folder, or names of files that were uploaded before.
packages:
  - ./oceanbase-ce-4.2.1.8-108000022024072217.el7.x86_64.rpm
  - ./oceanbase-ce-libs-4.2.1.8-108000022024072217.el7.x86_64.rpm
  - ./obagent-4.2.2-100000042024011120.el7.x86_64.rpm

# How obflow logs in to the hosts: as root, or as one who may use sudo without a password.
# A secret is never in this file: env:NAME, file:PATH, or prompt, which asks for it.
login:
  user: root
  privateKey: file:~/.ssh/id_ed25519
  # password: env:SSH_PASSWORD        # instead of the key

cluster:
  name: terran
  password: prompt                    # of root@sys; or env:ROOT_PASSWORD, file:root-password.txt
  zones:
    - name: zone1
      # idc: hz1                      # where its hosts stand; "default" unless told
      hosts: [10.0.0.11]
    - name: zone2
      hosts: [10.0.0.12]
    - name: zone3
      hosts: [10.0.0.13]

  # What observer is started with. Without these it takes most of the host's memory and disks.
  # parameters:
  #   memory_limit: 16G
  #   datafile_size: 100G
  #   log_disk_size: 48G

  # primaryZone: zone1;zone2,zone3    # where leaders are, most wanted first; RANDOM unless told
  # osUser: admin                     # who runs observer
  # ports: {sql: 2881, rpc: 2882}
  # paths: {install: /home/admin/oceanbase, data: /data/1, log: /data/log1}

# Regions with their IDCs, when hosts stand in several.
# regions:
#   hangzhou: [hz1, hz2]
#   shanghai: [sh1]

# What is special about a host.
# hosts:
#   - address: 10.0.0.11
#     sshPort: 2222
#     alias: db1

# Proxies before the cluster, on hosts of their own.
# obproxy:
#   name: odp
#   hosts: [10.0.0.14]
`
