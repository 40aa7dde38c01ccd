/**
 * The disks of OceanBase that a host shows, in GiB: two that are made for it, as OCP asks for. The
 * host's df and its observer read them; what is really written lies on the machine's disk.
 */
const disks = [
  { folder: '/data/1', device: '/dev/obflow-lab-data', total: 1024 },
  { folder: '/data/log1', device: '/dev/obflow-lab-log', total: 512 },
] as const

export const disksFile = 'etc/obflow-lab/disks'

/** One line a disk: folder, device, KiB in all and used; a hundredth unless told. */
export const disksShown = (used: Readonly<Record<string, number>> = {}): string =>
  disks
    .map(({ folder, device, total }) => {
      const kib = total * 2 ** 20
      return `${folder} ${device} ${kib} ${Math.round((kib * (used[folder] ?? 1)) / 100)}\n`
    })
    .join('')
