/** What the steps of a task tell: why one failed, what it waits for, and what mends it. */
export const nodes = {
  '"{0}" failed {1} times in a way that obflow does not know: {2}':
    '“{0}”以 obflow 未知的方式失败了 {1} 次：{2}',
  'Read the end of its log, which has the whole error. If nothing there can be mended, report it with the diagnosis of the task.':
    '请查看其日志末尾的完整错误。若无法自行解决，请附上任务诊断信息反馈。',
  '"{0}" did not succeed within {1} s. Last seen: {2}':
    '“{0}”未能在 {1} 秒内成功。最后看到的情况：{2}',
  'Mend what was last seen, then retry the subtask: it goes on where it stopped.':
    '请解决最后看到的问题，然后重试该子任务：它会从中断处继续。',
  'the store is away: {0}': '存储不可用：{0}',
  'canceled by an operator': '已被操作人员取消',
  '{0} is not the workflow of task {1}; it may do nothing for it':
    '{0} 不是任务 {1} 的工作流，不能对其进行任何操作',
  'nothing was seen yet': '尚未看到任何情况',
  '{0}: {1}': '{0}：{1}',
  'Gave up waiting for {0}; last seen: {1}': '放弃等待{0}；最后看到的情况：{1}',
  '\nlogs of {0}:\n{1}': '\n{0} 的日志：\n{1}',
  '\nlogs of {0} could not be read: {1}': '\n无法读取 {0} 的日志：{1}',
  gone: '已不存在',
  no: '无',
  silent: '无响应',
  unknown: '未知',
  'it is {0}': '其状态为 {0}',
  '{0} is {1}': '{0} 的状态为 {1}',

  'cluster {0} is {1}, it must be {2}: it stays, and so do its hosts':
    '集群 {0} 处于 {1} 状态，应为 {2}：集群及其主机保持不变',
  'host {0} does not exist any more': '主机 {0} 已不存在',
  'add it again; it will have a task of its own': '请重新添加该主机；它会有自己的任务',
  'OBProxy cluster {0} is {1}, neither CREATING nor DELETING: it stays':
    'OBProxy 集群 {0} 处于 {1} 状态，不是 CREATING 或 DELETING：保持不变',

  'the clocks of the hosts differ: keep them within 50 ms of each other (chrony or ntp), then retry':
    '各主机时钟不一致：请将偏差保持在 50 毫秒以内（chrony 或 ntp），然后重试',
  'memory does not fit memory_limit and system_memory: give the host more or free some, or post others in startupParameters; from 4.2.1 on 5 GiB must be left between them':
    '内存与 memory_limit、system_memory 不匹配：请增加或释放内存，或在 startupParameters 中指定其他值；从 4.2.1 起两者之差至少为 5 GiB',
  'the disk has no room for data file and redo logs, by default 90 % of each disk or 60 % and 30 % of one: free space, or post smaller datafile_size and log_disk_size in startupParameters':
    '磁盘空间不足以容纳数据文件和 redo 日志（默认占每块磁盘的 90%，共用一块时占 60% 和 30%）：请清理空间，或在 startupParameters 中指定更小的 datafile_size 和 log_disk_size',
  "the directories must belong to the cluster's OS user: correct their owner, then retry":
    '目录必须属于集群的操作系统用户：请更正属主，然后重试',
  'another process has the SQL or RPC port: stop it, then retry':
    '其他进程占用了 SQL 端口或 RPC 端口：请停止它，然后重试',
  'the data or redo directories of a server are not empty, or it is in a cluster already: roll back, which empties what this task made, then look what is left':
    '某个 OBServer 的数据或 redo 日志目录不为空，或它已属于某个集群：请回滚（会清空本任务创建的内容），然后检查残留',
  'the servers did not reach each other in time: see that the RPC port is open between all hosts, one-way latency is below 50 ms and clocks differ by less than 50 ms, then retry':
    '各 OBServer 未能及时互通：请确认所有主机之间 RPC 端口互通、单向时延低于 50 毫秒、时钟偏差小于 50 毫秒，然后重试',
  'read the lines of observer.log in the cause, mend what they tell of, then retry: what was made half-way is removed first':
    '请查看原因中的 observer.log，解决其中的问题后重试：未完成的内容会先被清除',

  'it is older than 2.2, the first that is known here': '早于此处支持的最早版本 2.2',
  'it is newer than 4.x: how it is installed is not known here': '晚于 4.x，此处不知道如何安装',
  'it is no version': '不是版本号',
  'OceanBase version "{0}" is not supported: {1}; use 2.2, 3.x or 4.x':
    '不支持 OceanBase 版本“{0}”：{1}；请使用 2.2、3.x 或 4.x',
  'OceanBase version "{0}" is not supported': '不支持 OceanBase 版本“{0}”',
  'use a package of OceanBase 2.2, 3.x or 4.x': '请使用 OceanBase 2.2、3.x 或 4.x 的软件包',
  'OceanBase {0} has no standby clusters: from 4.1 on a physical standby is a tenant, made inside a PRIMARY cluster':
    'OceanBase {0} 没有备集群：从 4.1 起，物理备库是在主集群中创建的租户',
  'OceanBase {0} has no standby clusters: they begin with {1}':
    'OceanBase {0} 没有备集群：从 {1} 起支持',

  '"{0}" on {1} answered in an unknown form: {2}': '{1} 对“{0}”的应答格式未知：{2}',
  '{0} on {1}:{2} as {3} failed: {4}': '以 {3} 在 {1}:{2} 上执行 {0} 失败：{4}',
  '{0} on {1}:{2} as {3} was refused: {4} ({5})': '以 {3} 在 {1}:{2} 上执行 {0} 被拒绝：{4}（{5}）',
  'check the password of the user and the tenant’s whitelist (ob_tcp_invited_nodes)':
    '请检查该用户的密码和租户的白名单（ob_tcp_invited_nodes）',
  'observer {0} has not refreshed its schema yet': 'observer {0} 尚未刷新 schema',
  "root can log in to {0} neither with the cluster's password nor without one":
    'root 无法登录 {0}：集群密码和空密码均被拒绝',
  'the password was changed outside: set it back to the posted one, then retry':
    '密码在外部被修改：请改回创建时提交的密码，然后重试',
  'no root server answers: {0}': '没有 root server 应答：{0}',
  'cluster {0} has no root server': '集群 {0} 没有 root server',

  'cluster {0} is {1}, it must be RESTARTING': '集群 {0} 处于 {1} 状态，应为 RESTARTING',
  'cluster {0} is {1}, it must be RUNNING': '集群 {0} 处于 {1} 状态，应为 RUNNING',
  'cluster {0} is {1}, it must be DELETING': '集群 {0} 处于 {1} 状态，应为 DELETING',
  'cluster {0} is {1}, it must be CREATING': '集群 {0} 处于 {1} 状态，应为 CREATING',
  '{0} is ACTIVE although it was stopped': '{0} 已被停止，但仍为 ACTIVE',
  'outside {0} logs not in sync: {1}': '{0} 以外日志尚未同步：{1}',
  'outside {0} not ready: {1}': '{0} 以外尚未就绪：{1}',
  'the zones beside {0}': '{0} 以外的 Zone',
  '{0} to catch up': '{0} 追上日志',
  'logs not in sync: {0}': '日志尚未同步：{0}',
  'not ACTIVE: {0}': '不是 ACTIVE：{0}',

  '{0}/bin/obproxy does not run on {1}: {2}': '{0}/bin/obproxy 无法在 {1} 上运行：{2}',
  'check that the package was built for this host and that its libraries are there, then retry':
    '请确认软件包适用于该主机且依赖库齐全，然后重试',
  'obproxy cluster {0} does not exist': 'OBProxy 集群 {0} 不存在',
  'obproxy cluster {0} serves {1} and can serve one cluster only':
    'OBProxy 集群 {0} 已服务于 {1}，且只能服务一个集群',
  'skip this subtask and link another obproxy cluster later':
    '请跳过该子任务，之后关联其他 OBProxy 集群',
  'proxyro of {0} has the password that obproxy cluster {1} needs, {2} has another one':
    '{0} 的 proxyro 使用 OBProxy 集群 {1} 所需的密码，而 {2} 的密码不同',
  'give both obproxy clusters the same proxyroPassword, or link {0} to one of them only':
    '请为两个 OBProxy 集群设置相同的 proxyroPassword，或只将 {0} 关联到其中一个',
  '{0} through {1}:{2}': '{0} 通过 {1}:{2}',
  'the package of obproxy cluster {0} does not exist any more': 'OBProxy 集群 {0} 的软件包已不存在',
  'upload it again, roll this task back, and create the obproxy cluster anew':
    '请重新上传，回滚本任务，然后重新创建 OBProxy 集群',
  '{0} lists no bin/obproxy': '{0} 中没有 bin/obproxy',
  'delete the package and upload it again, then create the obproxy cluster anew':
    '请删除该软件包并重新上传，然后重新创建 OBProxy 集群',
  'obproxy pre check failed with {0} findings:\n{1}': 'OBProxy 预检查失败，共 {0} 项：\n{1}',
  'mend all of them, then retry this subtask': '请全部解决，然后重试该子任务',
  'the host is {0}, {1} is for {2}': '主机的架构为 {0}，{1} 的架构为 {2}',
  'use another package': '请使用其他软件包',
  'there is no user {0}': '不存在用户 {0}',
  'useradd -m {0} there, then retry': '请在主机上执行 useradd -m {0}，然后重试',
  'port {0} is in use': '端口 {0} 已被占用',
  'stop what listens there, or create the proxies with another port':
    '请停止监听该端口的程序，或使用其他端口创建 OBProxy',
  'process obproxy should not exist on the host: {0}': '主机上不应存在 obproxy 进程：{0}',
  'stop it, or use another host': '请停止它，或使用其他主机',
  'rpm -e {0} there, or use that package': '请在主机上执行 rpm -e {0}，或使用该软件包',
  '{0} does not answer': '{0} 无响应',
  'set OBFLOW_PUBLIC_URL to an address that hosts can reach, then create anew':
    '请将 OBFLOW_PUBLIC_URL 设为主机可访问的地址，然后重新创建',
  'obproxy cluster {0} is {1}, it must be CREATING':
    'OBProxy 集群 {0} 处于 {1} 状态，应为 CREATING',
  'obproxy cluster {0} is {1}, it must be DELETING':
    'OBProxy 集群 {0} 处于 {1} 状态，应为 DELETING',
  'host {0} is not reserved for obproxy cluster {1}': '主机 {0} 未预留给 OBProxy 集群 {1}',
  'roll the task back and create the obproxy cluster again':
    '请回滚该任务，然后重新创建 OBProxy 集群',
  'obproxy cluster {0} works by RS_LIST and has no cluster to serve':
    'OBProxy 集群 {0} 的工作模式为 RS_LIST，但没有可服务的集群',
  'link a cluster first': '请先关联集群',
  'obproxy on {0} did not start: {1}': '{0} 上的 obproxy 未能启动：{1}',
  'see that the obproxy package is installed there, then retry':
    '请确认主机上已安装 obproxy 软件包，然后重试',
  'obproxy {0}': 'obproxy {0}',
  'its port does not answer yet': '其端口尚无响应',
  'metrics of obproxy {0}': 'obproxy {0} 的监控指标',
  '{0} does not answer yet': '{0} 尚无响应',
  'obproxy on {0} does not answer': '{0} 上的 obproxy 无响应',

  'All prepared: {0}': '全部就绪：{0}',
  '{0} of {1} hosts are still being prepared: {2}': '{1} 台主机中有 {0} 台仍在准备：{2}',
  '{0} (task {1})': '{0}（任务 {1}）',
  '{0} more': '另有 {0} 个',
  '{0} {1}': '{0} {1}',
  'its preparation was rolled back': '其准备任务已回滚',
  '{0} of {1} hosts are not prepared: {2}. {3}: {4}':
    '{1} 台主机中有 {0} 台未准备好：{2}。{3}：{4}',
  "Mend the cause and retry the hosts' own tasks, then this one; or skip this subtask to go on without these hosts.":
    '请解决问题并重试这些主机自己的任务，然后重试本任务；或跳过该子任务，不使用这些主机继续。',
  '{0} on {1} is not version {2}: {3}': '{1} 上的 {0} 不是版本 {2}：{3}',
  '{0} does not run on {1}: {2}': '{0} 无法在 {1} 上运行：{2}',
  'install the library {0} on the host (libaio; for OceanBase CE upload oceanbase-ce-libs of the same build), then retry':
    '请在主机上安装库 {0}（libaio；OceanBase 社区版请上传同一构建的 oceanbase-ce-libs），然后重试',
  'check that the package was built for this host, then retry':
    '请确认软件包适用于该主机，然后重试',
  'disk io below standard: {0} on {1} does {2} reads of 16 KB a second, {3} are needed ({4})':
    '磁盘 IO 低于标准：{1} 上的 {0} 每秒可完成 {2} 次 16 KB 读，需要 {3} 次（{4}）',
  'move the data directory to a faster disk; or skip this subtask and live with a slow cluster':
    '请将数据目录移到更快的磁盘；或跳过该子任务并接受较慢的集群',
  'the data disk of {0} could not be measured below {1} ({2}, exit code {3}): {4}':
    '无法在 {1} 下测量 {0} 的数据盘（{2}，退出码 {3}）：{4}',
  'no tool': '无可用工具',
  'the directory must lie on a disk that can do direct I/O and has 64 MiB free; install fio if it is missing':
    '该目录必须位于支持 direct I/O 且有 64 MiB 可用空间的磁盘上；若没有 fio 请安装',
  'host {0} did not say all within {1} s': '主机 {0} 未能在 {1} 秒内完成应答',
  '{0}; last seen: {1}': '{0}；最后看到的情况：{1}',
  'mend it, then ask again': '请解决后再次检查',
  'a create would wait for it and go on once it answers': '创建任务会等待该主机，并在其应答后继续',
  '{0} cannot take the directories of cluster {1}: {2}': '{0} 无法容纳集群 {1} 的目录：{2}',
  'make sure that nothing there is needed, move it away, then retry':
    '请确认其中内容不再需要并移走，然后重试',
  'ob install pre check failed with {0} findings:\n{1}': 'OB 安装预检查失败，共 {0} 项：\n{1}',
  'commands are missing on host {0}: {1}': '主机 {0} 缺少命令：{1}',
  'install the packages that bring them, then retry': '请安装提供这些命令的软件包，然后重试',
  "the clock of host {0} differs from the controller's by {1} ms, {2} ms are allowed":
    '主机 {0} 的时钟与管控机相差 {1} 毫秒，允许 {2} 毫秒',
  'synchronise both with chrony or NTP, then retry': '请用 chrony 或 NTP 同步两者的时钟，然后重试',
  '{0} is another address of the machine that is host {1} (id {2}) already':
    '{0} 是已添加的主机 {1}（id {2}）所在机器的另一个地址',
  'delete host {0}; to use this address instead, delete host {1} and retry':
    '请删除主机 {0}；若要改用该地址，请删除主机 {1} 后重试',

  '{0} to be listed': '{0} 被列出',
  'ADD SERVER failed with 4012; it is not listed': 'ADD SERVER 以 4012 失败；尚未被列出',
  'Bootstrap OB failed: {0} was not added: {1}': 'Bootstrap OB 失败：未能添加 {0}：{1}',
  'the primary to know {0}:{1}': '主集群获知 {0}:{1}',
  'it is not registered yet': '尚未注册',
  '{0}:{1} to be VALID': '{0}:{1} 变为 VALID',
  'it is {0} to the primary': '主集群中其状态为 {0}',
  'the primary to forget {0}:{1}': '主集群移除 {0}:{1}',
  'Bootstrap OB failed: the cluster does not list {0}': 'Bootstrap OB 失败：集群未列出 {0}',
  'a proof of BOOTSTRAP': 'BOOTSTRAP 完成的证据',
  'not bootstrapped yet': '尚未完成 bootstrap',
  'an earlier BOOTSTRAP of this task ended half-way': '本任务之前的 BOOTSTRAP 中途结束',
  'Bootstrap OB failed: {0}': 'Bootstrap OB 失败：{0}',
  '{0} is in another cluster, of {1}; nothing of it was touched':
    '{0} 已属于另一个集群（成员 {1}）；未改动其任何内容',
  'take the server out of that cluster, or use another host, then retry':
    '请将该 OBServer 从那个集群中移出，或使用其他主机，然后重试',
  'io calibration': 'IO 校准',
  'not begun on {0}': '以下主机尚未开始：{0}',
  'the servers of {0}:{1} say that they are {2} cluster {3}':
    '{0}:{1} 的 OBServer 称其为 {2} 集群 {3}',
  'roll this task back and name a cluster that is PRIMARY': '请回滚本任务，并指定一个主集群',
  '{0} on {1}': '{1} 上的 {0}',
  "the primary's password is refused": '主集群的密码被拒绝',
  'root on {0} to have a password': '{0} 上的 root 设置密码',
  'it has none yet': '尚未设置',
  '{0}:{1} says that it is {2} cluster {3}, not a PHYSICAL STANDBY':
    '{0}:{1} 称其为 {2} 集群 {3}，而不是 PHYSICAL STANDBY',
  'OceanBase {0} needs {1}, which is not there any more': 'OceanBase {0} 需要 {1}，但它已不存在',
  'upload it again, of the same build as the server, then retry':
    '请重新上传（与 server 软件包同一构建），然后重试',
  'the package of cluster {0} (OceanBase {1}) does not exist any more':
    '集群 {0}（OceanBase {1}）的软件包已不存在',
  'upload it again, roll this task back, and create the cluster anew':
    '请重新上传，回滚本任务，然后重新创建集群',
  '{0} to get in': '{0} 登录成功',
  'its password is refused': '其密码被拒绝',
  '{0} should have SELECT ON *.* alone, but has: {1}': '{0} 应只有 SELECT ON *.* 权限，但现有：{1}',
  'revoke what is too much, or drop the user {0}, then retry':
    '请收回多余的权限，或删除用户 {0}，然后重试',
  'no task here has made {0} of cluster {1}, so nothing there is known to be removable':
    '没有任务创建过集群 {1} 的 {0}，因此无法确定其上哪些内容可以删除',
  'a server': '某个 OBServer',
  'clean the host by hand, then skip this subtask': '请手动清理主机，然后跳过该子任务',
  'observer on {0} failed to start: {1}': '{0} 上的 observer 启动失败：{1}',
  'observer {0}': 'observer {0}',
  'the process is gone': '进程已退出',
  'host {0} is not reserved for cluster {1}': '主机 {0} 未预留给集群 {1}',
  'roll the task back and create the cluster again': '请回滚该任务，然后重新创建集群',
  'zone {0} has {1} root servers, it needs one': 'Zone {0} 有 {1} 个 root server，应为一个',
  'upload the package again, then retry': '请重新上传软件包，然后重试',
  'package {0} cannot be read': '无法读取软件包 {0}',
  'package {0} is not what was uploaded: its SHA-256 differs':
    '软件包 {0} 与上传时不一致：SHA-256 不同',
  'the primary cluster of {0}:{1} is not found': '未找到 {0}:{1} 的主集群',
  'roll this task back': '请回滚本任务',
  'observer {0} of the primary cluster has not refreshed its schema yet':
    '主集群的 observer {0} 尚未刷新 schema',
  'root@sys of the primary cluster does not have the posted primaryClusterInfo.rootSysPassword: {0}':
    '主集群 root@sys 的密码与提交的 primaryClusterInfo.rootSysPassword 不一致：{0}',
  'roll this task back and post the cluster again with the right password':
    '请回滚本任务，并使用正确的密码重新提交',
  'no root server of the primary cluster answers: {0}': '主集群没有 root server 应答：{0}',
  '{0} is not listed': '{0} 未被列出',
  '{0} is {1}, stopped': '{0} 的状态为 {1}，已停止',
  '{0} has no observer that runs': '{0} 上没有运行的 observer',
  '{0} has not begun to serve since its last start': '{0} 自上次启动后尚未开始服务',
  "root's password on {0}": '{0} 上 root 的密码',
  'the new password is refused': '新密码被拒绝',
  'root can still log in to {0} without a password': 'root 仍可用空密码登录 {0}',
  'primary zone {0}': 'primary zone {0}',
  'sys still has {0}': 'sys 仍为 {0}',
  'the cluster proved to be bootstrapped: nothing is emptied':
    '集群已确认完成 bootstrap：不清空任何内容',
  'Bootstrap OB failed: {0}; on {1} this was not made by this task and is left alone: {2}':
    'Bootstrap OB 失败：{0}；{1} 上以下内容不是本任务创建的，保持不变：{2}',
  'move away what is in these directories, or use others, then retry':
    '请移走这些目录中的内容，或使用其他目录，然后重试',
  'the freeze': '冻结',
  'frozen version is still {0}': '冻结版本仍为 {0}',
  'cluster {0} is not to become RUNNING any more': '集群 {0} 不应再变为 RUNNING',
  'cluster {0}': '集群 {0}',
  '{0} of {1} servers serve ({2})': '{1} 个 OBServer 中有 {0} 个提供服务（{2}）',
  '{0} servers are listed, {1} expected': '列出了 {0} 个 OBServer，应为 {1} 个',
  '{0} root servers lead': '有 {0} 个 root server 为 leader',

  'there is no OCP_AGENT_INSTALL_PACKAGE for {0} of an ADMIN, or of whoever adds the host':
    '没有由 ADMIN 或添加主机的用户上传的、适用于 {0} 的 OCP_AGENT_INSTALL_PACKAGE',
  'let one of them upload it, then retry; or add the host with the agentPackageId of another':
    '请由其中一人上传后重试；或在添加主机时用 agentPackageId 指定其他软件包',
  '{0} lists no bin/ob_agentd and no bin/ocp_agentd': '{0} 中没有 bin/ob_agentd 和 bin/ocp_agentd',
  'delete the package and upload it again, or an agent that has one, then retry':
    '请删除该软件包并重新上传，或上传包含它的 Agent，然后重试',
  'the agent': 'Agent',
  'its status URL does not answer (exit code {0})': '其状态 URL 无响应（退出码 {0}）',
  'the agent on {0} was started and does not serve: {1}': '{0} 上的 Agent 已启动但不提供服务：{1}',
  'look into {0}/log on that host, and whether other programs have its ports {1}':
    '请查看该主机上的 {0}/log，以及其他程序是否占用了其端口 {1}',
}
