/** obproxy's command line as parameters of its configuration. Source: deployers §1.19. */
export type Start = { settings: Record<string, string>; nodaemon: boolean; version: boolean }

export class UsageError extends Error {}

const texts: Record<string, string> = {
  '-r': 'rootservice_list',
  '--rs_list': 'rootservice_list',
  '-p': 'listen_port',
  '--listen_port': 'listen_port',
  '--prometheus_listen_port': 'prometheus_listen_port',
  '--rpc_listen_port': 'rpc_listen_port',
  '-n': 'app_name',
  '--appname': 'app_name',
  '-c': 'rootservice_cluster_name',
  '--cluster_name': 'rootservice_cluster_name',
}

export const usage = `obproxy [OPTIONS]
  -p,--listen_port PORT    obproxy listen port
  -o,--optstr OPTSTR       extra options string
  -n,--appname NAME        application name
  -r,--rs_list RS_LIST     root server list(format ip:sql_port)
  -c,--cluster_name NAME   root server cluster name
  -N,--nodaemon            don't run in daemon
  -V,--version             print the version and exit`

/** Reads argv. Throws UsageError on an unknown flag or a missing value. */
export function parseFlags(argv: readonly string[]): Start {
  const start: Start = { settings: {}, nodaemon: false, version: false }
  for (let at = 0; at < argv.length; at++) {
    const word = argv[at] ?? ''
    const name = texts[word]
    if (word === '-N' || word === '--nodaemon') start.nodaemon = true
    else if (word === '-V' || word === '--version') start.version = true
    else {
      const optstr = word === '-o' || word === '--optstr'
      if (!name && !optstr) throw new UsageError(`unknown option '${word}'`)
      const value = argv[++at]
      if (!value) throw new UsageError(`option '${word}' requires an argument`)
      if (name) start.settings[name] = value
      else Object.assign(start.settings, options(value))
    }
  }
  return start
}

function options(text: string): Record<string, string> {
  return Object.fromEntries(
    text.split(',').map((part) => {
      const at = part.indexOf('=')
      if (at <= 0) throw new UsageError(`invalid option '${part}'`)
      return [part.slice(0, at).trim(), part.slice(at + 1).trim()]
    }),
  )
}
