import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { LabHost } from '../../lab/index.ts'
import type { Step, Work } from './work.ts'

// Who drives the steps of an install besides obflow: ansible-playbook, pyinfra, and a program that
// goes from host to host as obd does. All of .tools/bench, pinned by tools/bench.txt.

const programs = fileURLToPath(new URL('../../.tools/bench/bin/', import.meta.url))
const here = fileURLToPath(new URL('.', import.meta.url))

export interface Site {
  readonly hosts: readonly LabHost[]
  /** File of root's private key. */
  readonly rootKey: string
  readonly adminPassword: string
  readonly signal: AbortSignal
}

async function run(
  command: readonly string[],
  { cwd, env, log, signal }: { cwd: string; env: object; log: string; signal: AbortSignal },
): Promise<void> {
  const [program = '', ...args] = command
  const child = spawn(program, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    signal,
  })
  const file = createWriteStream(log)
  child.stdout.pipe(file, { end: false })
  child.stderr.pipe(file, { end: false })
  const [code] = await once(child, 'close')
  file.end()
  if (code !== 0) throw new Error(`${program} ended with ${code}; see ${log}`)
}

const bash = { executable: '/bin/bash' }

/** As an experienced user would write it: one task a step, and a shell where a loop would be slow. */
function taskOf(step: Step): object {
  const { name } = step
  switch (step.on) {
    case 'copy':
      return { name, 'ansible.builtin.copy': { src: step.from, dest: step.to, mode: '0644' } }
    case 'control':
      return {
        name,
        'ansible.builtin.shell': { cmd: `bash {{ work }}/${name}.control`, ...bash },
        delegate_to: 'localhost',
        run_once: true,
      }
    case 'hosts':
      return {
        name,
        'ansible.builtin.shell': {
          cmd: `{{ lookup('file', work ~ '/${name}.' ~ inventory_hostname) }}`,
          ...bash,
        },
        ...(step.as === 'admin' && { become: true, become_user: 'admin' }),
      }
  }
}

/** Pipelining, a fork for each host, no facts, one connection a host kept open. */
export async function byAnsible(work: Work, site: Site): Promise<void> {
  const { dir } = work
  const hosts = Object.fromEntries(site.hosts.map(({ ip }) => [ip, {}]))
  const vars = {
    work: dir,
    ansible_user: 'root',
    ansible_ssh_private_key_file: site.rootKey,
    ansible_python_interpreter: '/usr/bin/python3',
  }
  const local = { ansible_connection: 'local', ansible_python_interpreter: '/usr/bin/python3' }
  writeFileSync(
    join(dir, 'inventory.yml'),
    JSON.stringify({
      all: {
        hosts: { localhost: local },
        children: { observers: { hosts, vars } },
      },
    }),
  )
  writeFileSync(
    join(dir, 'play.yml'),
    JSON.stringify([
      {
        hosts: 'observers',
        gather_facts: false,
        any_errors_fatal: true,
        vars: { work: dir },
        tasks: work.steps.map(taskOf),
      },
    ]),
  )
  writeFileSync(
    join(dir, 'ansible.cfg'),
    `[defaults]
forks = ${Math.max(50, site.hosts.length)}
host_key_checking = False
retry_files_enabled = False
gathering = explicit
local_tmp = ${dir}/ansible
[ssh_connection]
pipelining = True
ssh_args = -o ControlMaster=auto -o ControlPersist=60s -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR
control_path_dir = ${dir}/cp
`,
  )
  await run([join(programs, 'ansible-playbook'), '-i', 'inventory.yml', 'play.yml'], {
    cwd: dir,
    env: {
      ANSIBLE_CONFIG: join(dir, 'ansible.cfg'),
      ANSIBLE_HOME: join(dir, 'ansible'),
      LC_ALL: 'C.UTF-8',
    },
    log: join(dir, 'ansible.log'),
    signal: site.signal,
  })
}

export async function byPyinfra(work: Work, site: Site): Promise<void> {
  const { dir } = work
  writeFileSync(join(dir, 'steps.json'), JSON.stringify({ dir, steps: work.steps }))
  const data = { ssh_user: 'root', ssh_key: site.rootKey, ssh_known_hosts_file: join(dir, 'known') }
  writeFileSync(
    join(dir, 'inventory.py'),
    `observers = ${JSON.stringify(site.hosts.map(({ ip }) => [ip, data]))
      .replaceAll(/\["([\d.]+)",/g, '("$1",')
      .replaceAll('}]', '})')}\n`,
  )
  await run([join(programs, 'pyinfra'), '-y', 'inventory.py', join(here, 'pyinfraDeploy.py')], {
    cwd: dir,
    env: { OBFLOW_BENCH_STEPS: join(dir, 'steps.json'), LC_ALL: 'C.UTF-8' },
    log: join(dir, 'pyinfra.log'),
    signal: site.signal,
  })
}

/** What obd finds on the control machine: the package, unpacked, as its own repository keeps it. */
export async function byObd(work: Work, site: Site, unpacked: string): Promise<void> {
  const { dir, cluster, password } = work
  const { paths, name, obClusterId } = cluster
  writeFileSync(
    join(dir, 'obd.json'),
    JSON.stringify({
      hosts: site.hosts.map(({ ip }, index) => ({
        ip,
        zone: `zone${index + 1}`,
        idc: `hz${index + 1}`,
      })),
      user: { name: 'admin', password: site.adminPassword },
      home: paths.install,
      data: `${paths.data}/${name}`,
      redo: `${paths.log}/${name}`,
      name,
      clusterId: obClusterId,
      sqlPort: cluster.sqlPort,
      rpcPort: cluster.rpcPort,
      rootPassword: password,
      unpacked: join(unpacked, paths.install),
    }),
    { mode: 0o600 },
  )
  await run([join(programs, 'python'), join(here, 'obdSteps.py'), join(dir, 'obd.json')], {
    cwd: dir,
    env: {},
    log: join(dir, 'obd.log'),
    signal: site.signal,
  })
}
