import type { LabHost } from '../../../lab/index.ts'

const trees = 'home/admin data var/lib/obflow var/lib/rpm'

/** Keeps a host's files of a cluster, to put them back in a second. No observer may run then. */
export async function keepFiles(host: LabHost): Promise<{ putBack(): Promise<void> }> {
  const bash = (script: string) =>
    host.must(['/bin/bash', '-c', `PATH=/bin:/usr/bin:/sbin:/usr/sbin; cd / && ${script}`])
  const archive = `/var/kept-${++archives}.tar`
  await bash(`tar -cSf ${archive} ${trees}`)
  return {
    async putBack() {
      await bash(
        `find home/admin data var/lib/obflow var/lib/rpm -mindepth 1 -delete; tar -xpf ${archive}`,
      )
    },
  }
}

let archives = 0
