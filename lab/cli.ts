import { once } from 'node:events'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { parseArgs } from 'node:util'
import { stopLabs } from './hosts/stopLabs.ts'
import { buildPackages, createLab, type Lab, LabError } from './index.ts'

const usage = `Test hosts on this Linux machine.

  lab up --hosts 3 [--name x] [--keep]   start hosts, and stop them on Ctrl-C; --keep brings the same hosts up next time
      [--env FILE]                       ... and write addresses and the key's place as settings of a shell
  lab down [--name x]                    stop what \`lab up\` started, and clear away what killed programs left
  lab packages                           build the rpms that are installed on the hosts, into .tools/rpms

Exit codes: 0 done, 1 it failed, 2 wrong usage.
`

class UsageError extends Error {}

const say = (text: string): unknown => process.stdout.write(`${text}\n`)

interface Flags {
  readonly hosts: string
  readonly name?: string | undefined
  readonly keep: boolean
  readonly env?: string | undefined
}

const commands: Readonly<Record<string, (flags: Flags) => Promise<void>>> = { up, down, packages }

/**
 * Lines that a shell reads with `.`: HOST1, HOST2 …, GATEWAY (this machine, as hosts see it) and
 * LOGIN_KEY (a file).
 */
const settings = ({ hosts, subnet, users }: Lab): string =>
  [
    ...hosts.map(({ ip }, index) => `HOST${index + 1}=${ip}`),
    `GATEWAY=${subnet.replace(/0\/24$/, '1')}`,
    `LOGIN_KEY='${users.root.privateKeyFile.replaceAll("'", "'\\''")}'`,
    '',
  ].join('\n')

async function up({ hosts, name, keep, env }: Flags): Promise<void> {
  const stop = Promise.race(['SIGINT', 'SIGTERM', 'SIGHUP'].map((signal) => once(process, signal)))
  await using lab = await createLab({
    hosts: Number(hosts),
    keep,
    standalone: true,
    ...(name !== undefined && { name }),
  })
  say(`Lab ${lab.name}: ${lab.hosts.length} hosts in ${lab.subnet}`)
  for (const host of lab.hosts) say(`  ${host.ip}  ${host.name}`)
  say(`root by key       ${lab.users.root.privateKeyFile}`)
  say(`admin by password ${lab.users.admin.passwordFile}`)
  say(`known hosts       ${lab.dir}/known_hosts`)
  say(
    `Try: ssh -i ${lab.users.root.privateKeyFile} -o UserKnownHostsFile=${lab.dir}/known_hosts root@${lab.hosts[0]?.ip}`,
  )
  if (env !== undefined) {
    // What lies beside it, in .data, is obflow's store.
    await mkdir(dirname(env), { recursive: true, mode: 0o700 })
    await writeFile(env, settings(lab))
    say(`In a shell        . ${env}`)
  }
  say('Ctrl-C stops the hosts.')
  await stop
  if (env !== undefined) await rm(env, { force: true })
}

async function down({ name }: Flags): Promise<void> {
  const stopped = await stopLabs(name)
  say(stopped.length > 0 ? `Stopped: ${stopped.join(', ')}` : 'No lab was up.')
}

async function packages(): Promise<void> {
  for (const { path, fresh } of await buildPackages())
    say(`${fresh ? 'built    ' : 'unchanged'} ${path}`)
}

function parse(argv: string[]): {
  readonly command: (flags: Flags) => Promise<void>
  readonly flags: Flags
} {
  try {
    const { values, positionals } = parseArgs({
      args: argv,
      allowPositionals: true,
      options: {
        hosts: { type: 'string', default: '3' },
        name: { type: 'string' },
        keep: { type: 'boolean', default: false },
        env: { type: 'string' },
      },
    })
    const command = commands[positionals[0] ?? '']
    if (!command || positionals.length > 1)
      throw new UsageError(
        positionals[0] ? `lab knows no "${positionals.join(' ')}".` : 'Say what to do.',
      )
    return { command, flags: values }
  } catch (error) {
    throw error instanceof UsageError
      ? error
      : new UsageError(error instanceof Error ? error.message : String(error))
  }
}

try {
  const { command, flags } = parse(process.argv.slice(2))
  await command(flags)
} catch (error) {
  if (error instanceof UsageError) process.stderr.write(`${error.message}\n\n${usage}`)
  else if (error instanceof LabError) process.stderr.write(`${error.message}\n`)
  else throw error
  process.exitCode = error instanceof UsageError ? 2 : 1
}
