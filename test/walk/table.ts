export interface Walked {
  readonly commands: { readonly text: string; readonly seconds: number }[]
  /** Passwords and a yes. */
  answers: number
  /** Values replaced in the sample of the file. */
  readonly values: number
}

/**
 * What obd's guide has its reader type for the same cluster: three hosts with agent, packages at
 * hand, a root password, and a key for SSH. Optional steps, what memory and disks want, and the
 * installation of `alien` are left out. Sources: oceanbase/obdeploy, docs/en-US/200.quick-start/
 * 100.install-obd.md (c23bbea) and docs/en-US/400.user-guide/
 * 200.start-the-oceanbase-cluster-by-using-obd.md (68d897d).
 */
export const obdCommands = [
  'sudo alien --scripts -i ob-deploy-*.rpm',
  'source /etc/profile.d/obd.sh',
  'obd mirror disable remote',
  'obd mirror clone *.rpm',
  'cp /usr/obd/example/obagent/distributed-with-obproxy-and-obagent-example.yaml cluster.yaml',
  'obd cluster deploy terran -c cluster.yaml',
  'obd cluster start terran',
] as const

/**
 * What has to be changed in that example (16f14f5): addresses of servers and again of agents, user
 * and key, the root password; and the section of OBProxy goes.
 */
export const obdValues = [
  'server 1',
  'server 2',
  'server 3',
  'agent 1',
  'agent 2',
  'agent 3',
  'username',
  'key_file',
  'root_password',
  'obproxy-ce',
] as const

const row = (cells: readonly (string | number)[]): string => `| ${cells.join(' | ')} |`

export function tableOf({ commands, answers, values }: Walked, obdSeconds: number): string {
  const total = commands.reduce((sum, { seconds }) => sum + seconds, 0)
  const apply = commands.at(-1)?.seconds ?? 0
  return [
    row(['', 'obflow', 'obd']),
    row(['---', '---', '---']),
    row(['commands typed', commands.length, obdCommands.length]),
    row(['answers typed (passwords, yes)', answers, 0]),
    row(['values changed in a file', values, obdValues.length]),
    row(['from empty hosts to RUNNING', `${apply.toFixed(1)} s`, `${obdSeconds.toFixed(1)} s`]),
    row(['with installing and starting the tool', `${total.toFixed(1)} s`, 'not measured']),
  ].join('\n')
}
