import type { LabHost } from '../index.ts'

/**
 * The data disk is one of its own, in memory, whose size can be changed while it is in use: so it
 * can be filled without hiding a file.
 */
const path = '/data/1'
const roomy = 'size=64g,nr_inodes=1m'

/** Gives the host an empty data disk. Once, before anything lies there. */
export async function mountDataDisk(host: LabHost): Promise<void> {
  const [owner, mode] = (await host.must(['stat', '-c', '%u:%g %a', path])).trim().split(' ')
  await host.must(['mount', '-t', 'tmpfs', '-o', `${roomy},mode=${mode}`, 'data', path])
  await host.must(['chown', owner ?? '', path])
}

/** From now on not a byte and not a file more: the disk is as large as what lies on it. */
export async function fillDataDisk(host: LabHost): Promise<void> {
  // A size of nothing would be one without a limit. What is written between the look and the act
  // makes the act fail: look again.
  const script = `[ -s ${path}/.reserved ] || head -c 4096 /dev/zero >${path}/.reserved
for try in {1..100}; do
  read -r size blocks free inodes freeInodes < <(stat -f -c '%S %b %f %c %d' ${path})
  mount -o "remount,size=$((size * (blocks - free))),nr_inodes=$((inodes - freeInodes))" ${path} 2>/dev/null && exit
done
exit 1`
  await host.must(['bash', '-c', script])
}

export async function freeDataDisk(host: LabHost): Promise<void> {
  await host.must(['mount', '-o', `remount,${roomy}`, path])
  await host.must(['rm', '-f', `${path}/.reserved`])
}
