/** What the look at a host before an install finds. */
export const checks = {
  'the package': '软件包',
  'its file': '软件包文件',
  data: '数据',
  'redo logs': 'redo 日志',
  '{0} ({1})': '{0}（{1}）',
  '{0} are free for {1}, {2} are needed': '{1}的可用空间为 {0}，需要 {2}',
  'data would fill {0} to {1} %; from {2} % on no redo logs are written there':
    '数据将占满 {0} 的 {1}%；超过 {2}% 后该盘不再写入 redo 日志',
  'disk space': '磁盘空间',
  'free space there, mount a bigger disk, or post smaller startupParameters datafile_size and log_disk_size: without them observer takes 90 % of each disk, or 60 % and 30 % of one':
    '请清理空间、挂载更大的磁盘，或在 startupParameters 中指定更小的 datafile_size 和 log_disk_size：未指定时 observer 占用每块磁盘的 90%，共用一块磁盘时占用 60% 和 30%',
  'post a smaller startupParameter datafile_size, or put redo logs on a disk of their own':
    '请指定更小的启动参数 datafile_size，或将 redo 日志放在单独的磁盘上',
  'redo disk': 'redo 日志盘',
  'post a larger startupParameter log_disk_size, or none':
    '请指定更大的启动参数 log_disk_size，或不指定',
  'redo logs would get {0}, the sys tenant alone needs {1}':
    'redo 日志将分得 {0}，仅 sys 租户就需要 {1}',
  'free space there or mount a bigger disk': '请清理空间或挂载更大的磁盘',
  'the disk of {0} is {1} % full, {2} % are the most': '{0} 所在磁盘已使用 {1}%，上限为 {2}%',
  disks: '磁盘',
  'put data and redo logs on disks of their own': '请将数据和 redo 日志放在各自的磁盘上',
  'data and redo logs share {0}': '数据和 redo 日志共用 {0}',
  mounts: '挂载点',
  '{0} lies on a mount that does not answer': '{0} 所在的挂载点无响应',
  'bring its server back or unmount it (umount -f), then retry; or use another path':
    '请恢复其服务端或卸载该挂载点（umount -f）后重试；或使用其他路径',
  '{0} {1}: {2}; {3}': '{0} {1}：{2}；{3}',
  'set fs.aio-max-nr = {0} in /etc/sysctl.conf and run sysctl -p':
    '请在 /etc/sysctl.conf 中设置 fs.aio-max-nr = {0} 并执行 sysctl -p',
  'set {0} = {1} in /etc/sysctl.conf and run sysctl -p':
    '请在 /etc/sysctl.conf 中设置 {0} = {1} 并执行 sysctl -p',
  'at least {0}': '至少 {0}',
  '{0} to {1}': '{0} 到 {1}',
  'is {0}, it should be {1}': '当前为 {0}，应为 {1}',
  'fs.aio-max-nr': 'fs.aio-max-nr',
  '{0} slots of asynchronous I/O are free, {1} are needed': '可用的异步 I/O 请求数为 {0}，需要 {1}',
  'is {0}, recommended is {1}': '当前为 {0}，建议为 {1}',
  'open files': '打开文件数',
  'max user processes': '用户最大进程数',
  'stack size (KiB)': '栈大小（KiB）',
  'core file size': 'core 文件大小',
  unlimited: 'unlimited',
  'set soft and hard {0} of the user that runs observer to {1} in /etc/security/limits.conf':
    '请在 /etc/security/limits.conf 中将运行 observer 的用户的 soft 和 hard {0} 设为 {1}',
  'is {0}, at least {1} are needed': '当前为 {0}，至少需要 {1}',
  SELinux: 'SELinux',
  'is enforcing': '处于 enforcing 模式',
  'set SELINUX=disabled in /etc/selinux/config and run setenforce 0':
    '请在 /etc/selinux/config 中设置 SELINUX=disabled 并执行 setenforce 0',
  'transparent huge pages': '透明大页',
  'are always on': '始终开启（always）',
  'echo never > /sys/kernel/mm/transparent_hugepage/enabled':
    '请执行 echo never > /sys/kernel/mm/transparent_hugepage/enabled',
  firewalld: 'firewalld',
  'is running': '正在运行',
  'open the ports of the cluster in it, or systemctl disable --now firewalld':
    '请在其中放行集群端口，或执行 systemctl disable --now firewalld',
  machine: '机器',
  'create the cluster with one host for each machine, and delete the others':
    '请每台机器只用一个主机创建集群，并删除其余主机',
  '{0} and {1} are two addresses of one machine; a cluster needs a machine for each server':
    '{0} 和 {1} 是同一台机器的两个地址；集群的每个 OBServer 需要一台机器',
  'give each clone an identity of its own: rm /etc/machine-id, then systemd-machine-id-setup':
    '请为每台克隆机生成自己的标识：rm /etc/machine-id，然后执行 systemd-machine-id-setup',
  '{0} is another machine with the same machine-id, as a clone has':
    '{0} 是另一台机器，但 machine-id 相同，应为克隆机',
  'OS user': '操作系统用户',
  'useradd -m the user that is to own and run OceanBase':
    '请用 useradd -m 创建拥有并运行 OceanBase 的用户',
  'give the user a shell, and let it pass /etc/security/access.conf':
    '请为该用户设置 shell，并在 /etc/security/access.conf 中放行',
  'nothing can be run as user {0}': '无法以用户 {0} 的身份运行命令',
  architecture: '架构',
  'upload a package for the architecture of the host and create the cluster with it':
    '请上传与主机架构一致的软件包并用它创建集群',
  'the host is {0}, the package is {1}': '主机的架构为 {0}，软件包的架构为 {1}',
  commands: '命令',
  'install the packages that bring them (rpm, util-linux, coreutils, findutils, glibc-common)':
    '请安装提供这些命令的软件包（rpm、util-linux、coreutils、findutils、glibc-common）',
  'missing: {0}': '缺少：{0}',
  CPU: 'CPU',
  'give the host at least {0} cores, or raise the limit of its cgroup':
    '请为主机提供至少 {0} 个核，或提高其 cgroup 的限制',
  '{0} of {1} cores, by the limit of a cgroup; {2} are asked for':
    '受 cgroup 限制，{1} 个核中可用 {0} 个；要求 {2} 个',
  'cores: {0}; {1} are asked for': '核数为 {0}；要求 {1} 个',
  'CPU flags': 'CPU 指令集',
  'run on a processor with AVX, or install a build that does without: 4.2.5.6 and later 4.2.5, 4.3.5.4 and later 4.3.5, 4.4.1 and later':
    '请使用支持 AVX 的处理器，或安装不需要 AVX 的版本：4.2.5.6 及之后的 4.2.5、4.3.5.4 及之后的 4.3.5、4.4.1 及之后',
  'the processor has no AVX, which OceanBase {0} needs':
    '处理器不支持 AVX，而 OceanBase {0} 需要 AVX',
  'run on a processor with LSE atomics, or install a build whose release says nonlse':
    '请使用支持 LSE 原子指令的处理器，或安装 release 中带 nonlse 的版本',
  'the processor has no atomics (LSE), which the package needs':
    '处理器不支持软件包所需的原子指令（LSE）',
  'io bench': 'IO 压测',
  'install fio': '请安装 fio',
  'neither fio nor ob_admin is there; the io bench falls back to dd unless the package brings ob_admin':
    '主机上没有 fio 和 ob_admin；除非软件包自带 ob_admin，否则 IO 压测将使用 dd',
  swap: 'swap',
  'swapoff -a and take swap out of /etc/fstab': '请执行 swapoff -a 并从 /etc/fstab 中去掉 swap',
  '{0} MiB are on': '已启用 {0} MiB',
  'memory_limit is {0}': 'memory_limit 为 {0}',
  'memory_limit would be {0} ({1} % of {2})': 'memory_limit 将为 {0}（{2} 的 {1}%）',
  'give the host more memory, or post startupParameters memory_limit=6G, system_memory=1G and __min_full_resource_pool_memory=1073741824, the smallest that obd deploys':
    '请为主机增加内存，或指定启动参数 memory_limit=6G、system_memory=1G 和 __min_full_resource_pool_memory=1073741824，即 obd 部署的最小配置',
  'stop what else uses memory, give the host more, or post a smaller startupParameter memory_limit':
    '请停止其他占用内存的程序、增加内存，或指定更小的启动参数 memory_limit',
  memory: '内存',
  '{0}; {1} are needed': '{0}；需要 {1}',
  nothing: '无',
  '{0} and system_memory {1}, which leaves {2} for tenants':
    '{0}，system_memory 为 {1}，留给租户的内存为 {2}',
  'post a larger system_memory, or none': '请指定更大的 system_memory，或不指定',
  'system_memory is {0}; {1} are needed': 'system_memory 为 {0}；需要 {1}',
  '{0} are available, {1} are needed': '可用 {0}，需要 {1}',
  '{0}; only {1} are free or page cache': '{0}；空闲内存和页缓存合计只有 {1}',
  '{0}; {1} are free, {2} are page cache': '{0}；空闲 {1}，页缓存 {2}',
  'raise the limit, or post a startupParameter memory_limit below it':
    '请提高该限制，或指定低于它的启动参数 memory_limit',
  "{0}; a cgroup limits this host's processes to {1}, which observer does not see":
    '{0}；cgroup 将该主机的进程限制为 {1}，而 observer 无法感知',
  'post a smaller system_memory, or a larger memory_limit':
    '请指定更小的 system_memory，或更大的 memory_limit',
  'system_memory takes more than three quarters of memory_limit':
    'system_memory 超过 memory_limit 的四分之三',
  'synchronise the clocks with chrony or NTP against one server, then retry':
    '请用 chrony 或 NTP 将各主机时钟与同一服务器同步，然后重试',
  '{0} (this host) {1}': '{0}（本机）{1}',
  "the clocks of the cluster's hosts are {0} ± {1} ms apart, {2}; against their median: {3}":
    '集群各主机的时钟相差 {0} ± {1} 毫秒，{2}；与中位数相比：{3}',
  'open it in firewalls between the two hosts, and check their routes':
    '请在两台主机之间的防火墙上放行该端口，并检查路由',
  '{0} does not reach port {1} of {2}': '{0} 无法访问 {2} 的端口 {1}',
  'network device': '网卡',
  'use the address of one of its devices as the innerIpAddress of the host':
    '请使用主机某块网卡的地址作为 innerIpAddress',
  'make it the first address of the device, use that one as the innerIpAddress of the host, or install OceanBase 4.2 or later, which is told the address itself':
    '请将其设为网卡的第一个地址、将第一个地址作为主机的 innerIpAddress，或安装 OceanBase 4.2 及之后的版本（可直接指定地址）',
  'OceanBase {0} takes the first address of a device: {1} of {2}, not {3}':
    'OceanBase {0} 使用网卡的第一个地址：{2} 的 {1}，而不是 {3}',
  'RPC port': 'RPC 端口',
  'SQL port': 'SQL 端口',
  peers: '其他主机',
  'see yourself that the RPC and SQL ports are open between all hosts':
    '请自行确认所有主机之间的 RPC 端口和 SQL 端口互通',
  'neither python nor perl is there to listen for a moment, so other hosts could not be asked whether they reach this one':
    '主机上没有 python 和 perl，无法临时监听端口，因此无法检查其他主机能否访问本机',
  'it is waited for by its own pre-check': '其自身的预检查会等待它',
  '{0} does not answer: neither its clock nor its way here is known':
    '{0} 无响应：无法获知其时钟，也无法获知其能否访问本机',
  clocks: '时钟',
  '{0} ms are allowed': '允许 {0} 毫秒',
  '{0} ms are recommended': '建议不超过 {0} 毫秒',
  '{0} (the network is too slow to be sure)': '{0}（网络过慢，无法确定）',
  'move it away, or post another installPath': '请将其移走，或指定其他 installPath',
  installPath: 'installPath',
  '{0} is not empty: {1} is there': '{0} 不为空：存在 {1}',
  'chown it to the user that runs OceanBase, or post another installPath':
    '请将其 chown 给运行 OceanBase 的用户，或指定其他 installPath',
  'remount it without noexec, or post another installPath':
    '请去掉 noexec 重新挂载，或指定其他 installPath',
  '{0} lies on {1}, which is mounted noexec: no program can run there':
    '{0} 位于 {1}，其挂载选项为 noexec，无法运行程序',
  ports: '端口',
  'post different sqlPort and svrPort': '请指定不同的 sqlPort 和 svrPort',
  'SQL and RPC port are both {0}': 'SQL 端口和 RPC 端口均为 {0}',
  'end the process, or use other ports': '请结束该进程，或使用其他端口',
  'port {0} is taken by {1} (pid {2})': '端口 {0} 被 {1}（pid {2}）占用',
  directories: '目录',
  'use different paths for install, data and redo logs':
    '安装目录、数据目录和 redo 日志目录请使用不同的路径',
  '{0} is used twice': '{0} 重复使用',
  'move it away': '请将其移走',
  'remount the file system writable, or use another path':
    '请将文件系统重新挂载为可写，或使用其他路径',
  '{0} cannot be made or written: {1} is no directory or is read-only':
    '{0} 无法创建或写入：{1} 不是目录或为只读',
  'chmod o+x the directories above it': '请对其上级目录执行 chmod o+x',
  'user {0} does not get to {1}: it sees nothing below {2}':
    '用户 {0} 无法访问 {1}：看不到 {2} 之下的内容',
  'give that directory to the user that runs OceanBase, or leave it and all above it to root alone':
    '请将该目录交给运行 OceanBase 的用户，或使其及所有上级目录只能由 root 修改',
  "{0} cannot be made: {1} is neither root's alone nor writable for {2}":
    '{0} 无法创建：{1} 既不是只能由 root 修改，也不可由 {2} 写入',
  'make sure that nothing there is needed, then empty it': '请确认其中内容不再需要，然后清空',
  '{0} is not empty': '{0} 不为空',
  'chown it to the user that runs OceanBase': '请将其 chown 给运行 OceanBase 的用户',
  'nothing in it is touched but the sub-directories of OceanBase':
    '只会改动其中 OceanBase 的子目录',
  '{0} is there already': '{0} 已存在',
  'stop it and clear its directories, or create the cluster on another host':
    '请停止它并清理其目录，或在其他主机上创建集群',
  'another observer': '其他 observer',
  'ob install pre check failed, maybe from another observer: pid {0} runs in {1}':
    'OB 安装预检查失败，可能来自其他 observer：pid {0} 运行在 {1}',
  'ob install pre check failed, maybe from another observer: {0} is left over':
    'OB 安装预检查失败，可能来自其他 observer：残留 {0}',
  packages: '软件包',
  'remove it with rpm -e once nothing uses it, or create the cluster with that package':
    '请在不再使用后用 rpm -e 卸载，或使用该软件包创建集群',
  '{0} is installed, {1} is wanted': '已安装 {0}，需要 {1}',
  'install it there (yum install NAME; libaio.so.1 comes with libaio), then retry':
    '请在主机上安装（yum install 名称；libaio.so.1 由 libaio 提供），然后重试',
  '{0} needs {1}, which no package provides': '{0} 需要 {1}，但没有软件包提供',
  startupParameters: 'startupParameters',
  'correct its name; leave it as it is when this version is known to have it':
    '请更正参数名；若确定该版本有此参数则无需修改',
  '{0} is no parameter known of OceanBase {1}, and observer ignores what it does not know':
    'OceanBase {1} 没有已知的参数 {0}，observer 会忽略未知参数',
  '{0}; is {1} meant?': '{0}；是否应为 {1}？',
  zones: 'Zone',
  'use an odd number of zones': '请使用奇数个 Zone',
  '{0} zones survive the loss of {1}, no more than {2} would':
    '{0} 个 Zone 只能容忍 {1} 个故障，与 {2} 个 Zone 相同',
}
