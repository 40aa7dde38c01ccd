import type { LabHost } from '../../lab/index.ts'

/** Programs by which a script changes a host. Between two of them lies a point at which it can be killed. */
const programs = 'mkdir chown chmod mv ln rm rmdir cp install rpm dd sync find touch runuser setsid'.split(' ')

const folder = '/usr/local/sbin'

/** Counts the call; the chosen one finds its whole process group killed, as by a power cut that spares the disk. */
const shim = (program: string): string => `#!/bin/bash
{ read -r count <"/run/kills/count"; echo $((count + 1)) >"/run/kills/count"; read -r target <"/run/kills/target"; } 2>/dev/null
[ "$((count + 1))" != "$target" ] || kill -KILL 0
exec ${program} "$@"
`

/** Puts the shims in the way of every script that runs on a host. */
export async function putShims(host: LabHost): Promise<void> {
  await host.must([
    'bash',
    '-c',
    'mkdir -p /run/kills; echo 0 >/run/kills/count; echo 0 >/run/kills/target; chmod 777 /run/kills; chmod 666 /run/kills/*',
  ])
  for (const program of programs) {
    const real = (await host.must(['bash', '-c', `PATH=/usr/bin:/usr/sbin:/bin:/sbin; command -v ${program}`])).trim()
    await host.must(['bash', '-c', `cat >${folder}/${program}; chmod 755 ${folder}/${program}`], { input: shim(real) })
  }
}

/** From now on the call of that number is killed; 0 kills none. */
export async function killAt(host: LabHost, call: number): Promise<void> {
  await host.must(['/bin/bash', '-c', `echo 0 >/run/kills/count; echo ${call} >/run/kills/target`])
}

/** How many calls there were since. */
export async function calls(host: LabHost): Promise<number> {
  return Number(await host.must(['/bin/bash', '-c', 'echo "$(</run/kills/count)"']))
}
