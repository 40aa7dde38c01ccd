/** What goes wrong on the way to a host, and with packages there. */
export const hosts = {
  'host {0} opened no channel: {1}': '主机 {0} 未能打开通道：{1}',
  'the connection was lost': '连接断开',
  'the connection to host {0} was closed here': '到主机 {0} 的连接已由本端关闭',
  'host {0} shows another host key than before: {1} ({2}) instead of {3}':
    '主机 {0} 的 host key 与之前不同：现为 {1}（{2}），之前为 {3}',
  'find out who answers at that address; if the host has a new key, as one that was installed anew has, accept it: POST /api/v2/compute/hosts/{0}/acceptHostKey {"hostKey":"{1}"}':
    '请确认该地址上的主机身份；若主机确有新的 key（例如重装过），请接受它：POST /api/v2/compute/hosts/{0}/acceptHostKey {"hostKey":"{1}"}',
  '"{0}" on host {1} failed with exit code {2}: {3}': '主机 {1} 上的“{0}”执行失败，退出码 {2}：{3}',
  'the password of {0} on host {1} has expired: the host asks for a new one':
    '主机 {1} 上用户 {0} 的密码已过期：主机要求设置新密码',
  'change it on the host with passwd, then correct the credential and retry; or log in with a key':
    '请在主机上用 passwd 修改密码，更正凭据后重试；或使用密钥登录',
  'host {0} asks {1} for more than the password: "{2}"':
    '主机 {0} 要求用户 {1} 提供密码以外的信息：“{2}”',
  'a second factor cannot be answered here: exempt this user from it, or let it log in with a key':
    '此处无法应答第二因子：请对该用户免除，或使用密钥登录',
  'rpm on host {0} was ended, or has to wait for another one (exit code {1})':
    '主机 {0} 上的 rpm 被终止，或需等待另一个 rpm（退出码 {1}）',
  '{0} is installed on {1}, {2} is wanted': '{1} 上已安装 {0}，需要 {2}',
  'run rpm -e {0} there once nothing uses it, or use that package':
    '请在不再使用后执行 rpm -e {0}，或使用该软件包',
  '{0} is installed on {1} without {2}; it has {3}': '{1} 上已安装 {0}，但没有 {2}；现有 {3}',
  '{0} is installed on {1} without {2}': '{1} 上已安装 {0}，但没有 {2}',
  'remove it there with rpm -e once nothing uses it, or give the path it is installed to':
    '请在不再使用后用 rpm -e 卸载，或指定其安装路径',
  '{0} is {1} on {2} after rpm installed it: {3}': 'rpm 安装后，{0} 在 {2} 上的状态为 {1}：{3}',
  'look at the disk of the host, then retry': '请检查主机的磁盘，然后重试',
  'free space on that file system, then retry': '请清理该文件系统的空间，然后重试',
  'move away what is there, or use another installPath, then retry':
    '请移走已有内容或使用其他 installPath，然后重试',
  'chown it to the user that runs OceanBase, or use another installPath, then retry':
    '请将其 chown 给运行 OceanBase 的用户，或使用其他 installPath，然后重试',
  'create the user on the host, then retry': '请在主机上创建该用户，然后重试',
  'install the packages it needs on the host (for OceanBase CE: oceanbase-ce-libs of the same version), then retry':
    '请在主机上安装其依赖的软件包（OceanBase 社区版：同版本的 oceanbase-ce-libs），然后重试',
  'remove the package whose files are in the way, then retry': '请卸载文件冲突的软件包，然后重试',
  'use a package for the architecture of the host': '请使用与主机架构一致的软件包',
  'see what keeps it (a mount, chattr +i, a read-only disk), remove it by hand, then roll back again':
    '请查明无法删除的原因（挂载、chattr +i、只读磁盘），手动删除后再次回滚',
  "use the package's own path as installPath": '请使用软件包自身的路径作为 installPath',
  'install rpm on the host, then retry': '请在主机上安装 rpm，然后重试',
  'the rpm database of the host is damaged: run rpm --rebuilddb there, then retry':
    '主机的 rpm 数据库已损坏：请执行 rpm --rebuilddb，然后重试',
  'upload the package again: its file is damaged or its signature is not trusted on the host':
    '请重新上传软件包：文件已损坏，或主机不信任其签名',
  'rpm failed on {0} with exit code {1}: {2}': '{0} 上 rpm 执行失败，退出码 {1}：{2}',
  'it said nothing': '无输出',
  'mend what rpm complains of, then retry': '请解决 rpm 报告的问题，然后重试',
  '{0} may not use sudo on host {1}: {2}': '用户 {0} 无法在主机 {1} 上使用 sudo：{2}',
  'install sudo and allow it without a password and a terminal: "{0} ALL=(ALL) NOPASSWD: ALL" in /etc/sudoers.d':
    '请安装 sudo 并允许免密码、免终端使用：在 /etc/sudoers.d 中加入“{0} ALL=(ALL) NOPASSWD: ALL”',
  'host {0} runs no commands for {1} (exit code {2}): {3}':
    '主机 {0} 不为用户 {1} 执行命令（退出码 {2}）：{3}',
  'the login needs a shell, bash must be installed and /run writable':
    '登录用户需要 shell，主机需安装 bash 且 /run 可写',
  'login shell and sudo': '登录 shell 和 sudo',
  'login shell': '登录 shell',
  '"{0}" did not begin on host {1} within {2} s: its {3} took that long':
    '“{0}”未能在 {2} 秒内于主机 {1} 上开始：{3}耗时过长',
  '"{0}" on host {1} took longer than {2} s and was ended':
    '主机 {1} 上的“{0}”超过 {2} 秒，已被终止',
  'the connection to host {0} was lost during "{1}"': '执行“{1}”时与主机 {0} 的连接断开',
  '"{0}" on host {1} was ended from outside (exit code {2})':
    '主机 {1} 上的“{0}”被外部终止（退出码 {2}）',
  "the host's sshd offers only algorithms that are not supported here: allow newer ones in its sshd_config":
    '主机的 sshd 只提供此处不支持的算法：请在其 sshd_config 中允许更新的算法',
  "replace the credential's key by an unencrypted private key in PEM or OpenSSH form":
    '请将凭据的密钥替换为未加密的 PEM 或 OpenSSH 格式私钥',
  "correct the credential's username": '请更正凭据的用户名',
  'nothing listens on that port; is sshd running, is it the right port?':
    '该端口无监听；sshd 是否在运行，端口是否正确？',
  'the address does not answer; is it right, is the host up?':
    '该地址无响应；地址是否正确，主机是否已启动？',
  'there is no route to that network from here': '此处没有到该网络的路由',
  'the address does not answer; is it right, is the host up, does a firewall drop packets?':
    '该地址无响应；地址是否正确，主机是否已启动，防火墙是否丢包？',
  'the host closed the connection; its sshd may be starting or overloaded (MaxStartups)':
    '主机关闭了连接；其 sshd 可能正在启动或过载（MaxStartups）',
  'the host closed the connection; its sshd may be overloaded (MaxStartups), or it is none':
    '主机关闭了连接；其 sshd 可能过载（MaxStartups），或该端口不是 sshd',
  'the login takes longer than OBFLOW_HOST_PATIENCE; does sshd wait for DNS (UseDNS), LDAP or a dead mount?':
    '登录耗时超过 OBFLOW_HOST_PATIENCE；sshd 是否在等待 DNS（UseDNS）、LDAP 或失效的挂载点？',
  'host {0} refused the password of {1}': '主机 {0} 拒绝了用户 {1} 的密码',
  'host {0} refused the key of {1}': '主机 {0} 拒绝了用户 {1} 的密钥',
  "correct the host's credential, or allow this kind of login in its sshd_config":
    '请更正主机的凭据，或在其 sshd_config 中允许这种登录方式',
  'cannot log in to host {0}: {1}': '无法登录主机 {0}：{1}',
  'cannot connect to host {0}:{1}: {2}; gave up after {3} s':
    '无法连接主机 {0}:{1}：{2}；{3} 秒后放弃',
  'saving {0} on host {1} failed: {2}': '在主机 {1} 上保存文件 {0} 失败：{2}',
  'free space on the file system of {0} there (see df {1}), then retry':
    '请清理主机上 {0} 所在文件系统的空间（见 df {1}），然后重试',
  'see that root can write to {0} there and that its disk is sound, then retry':
    '请确认 root 可写入主机上的 {0} 且磁盘正常，然后重试',
}
