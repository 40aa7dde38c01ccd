import type { LabHost } from '../../lab/index.ts'

/**
 * What is on a host that an install could change: files with owner, mode and content, packages,
 * processes. Left out: what grows by itself, and obflow's own folder for packages on their way,
 * empty or not there.
 */
export async function hostState(host: LabHost): Promise<string[]> {
  const { stdout } = await host.exec(`
set -o pipefail
places='/home /data /var/lib/obflow /run/obflow /opt /u01 /etc/obflow-lab /etc/systemd/system /usr/lib/systemd/system'
find $places -xdev \\( -type d -o -type l \\) ! -path /var/lib/obflow/packages -printf '%y %u %m %p %l\\n' 2>/dev/null | sort
find $places -xdev -type f ! -path '*agent/log/*' -printf '%p\\0' 2>/dev/null | sort -z | xargs -0 -r stat -c 'f %U %a %n'
find $places -xdev -type f ! -path '*agent/log/*' -print0 2>/dev/null | sort -z | xargs -0 -r sha256sum
rpm -qa | sort
ps -eo user=,args= | grep -E 'observer|agentd|mgragent|monagent|obproxy' | grep -v grep | sort`)
  return stdout.split('\n').filter(Boolean)
}
