import { type Quoted, sh } from '../../quote.ts'
import { daemonFunctions } from '../observer/daemon.ts'

/** What speaks for or against a proxy on a host. */
export interface ObproxyFacts {
  readonly architecture: string
  readonly hasUser: boolean
  /** Wanted ports on which something listens. */
  readonly busyPorts: readonly number[]
  /** Proxies that run there: pid and home. */
  readonly proxies: readonly string[]
  /** Installed packages that hold the place, e.g. `obproxy-3.2.3-2.el7.x86_64`. */
  readonly installed: readonly string[]
  readonly configUrlAnswers: boolean
}

export interface ObproxyQuestions {
  readonly osUser: string
  readonly ports: readonly number[]
  readonly packageName: string
  /** Asked with bash alone when it is http: a host may have no curl. */
  readonly configUrl?: string | undefined
}

const defaultPorts = { 'http:': 80, 'https:': 443 } as const

/**
 * Whether the address can be reached; over http also whether it answers the question itself. Prints
 * `url` when all is well.
 */
const askUrl = (configUrl: string | undefined): Quoted => {
  if (configUrl === undefined) return sh`echo url`
  const { protocol, hostname, port, pathname, search, host } = new URL(configUrl)
  const tcp = `/dev/tcp/${hostname.replace(/^\[(.*)\]$/, '$1')}/${port || (protocol === 'https:' ? defaultPorts['https:'] : defaultPorts['http:'])}`
  if (protocol === 'https:')
    return sh`timeout 5 bash -c ${`exec 3<>${tcp}`} 2>/dev/null && echo url`
  return sh`timeout 5 bash -c 'exec 3<>"$0" && printf "GET %s HTTP/1.0\\r\\nHost: %s\\r\\n\\r\\n" "$1" "$2" >&3 && head -n 1 <&3' ${tcp} ${`${pathname}${search}`} ${host} 2>/dev/null | grep -q " 200 " && echo url`
}

/** A script that prints the facts, one a line; run as root, changes nothing. */
export const obproxyFacts = ({
  osUser,
  ports,
  packageName,
  configUrl,
}: ObproxyQuestions): Quoted => sh`export LC_ALL=C home=/ name=obproxy
${daemonFunctions}
echo "architecture $(uname -m)"
id -u ${osUser} >/dev/null 2>&1 && echo user
for port in ${ports}; do if listening "$port"; then echo "busy $port"; fi; done
for process in /proc/[0-9]*; do
  [ "$(cat "$process/comm" 2>/dev/null)" != obproxy ] || echo "proxy \${process#/proc/} in $(readlink "$process/cwd")"
done
rpm -q --qf 'installed %{NVRA}\\n' ${packageName} 2>/dev/null | grep '^installed'
${askUrl(configUrl)}
exit 0`

/** Reads what `obproxyFacts` printed. */
export function readObproxyFacts(output: string): ObproxyFacts {
  const lines = output.split('\n')
  const all = (fact: string): string[] =>
    lines.flatMap((line) =>
      line.startsWith(`${fact} `) ? [line.slice(fact.length + 1).trim()] : [],
    )
  return {
    architecture: all('architecture')[0] ?? '',
    hasUser: lines.includes('user'),
    busyPorts: all('busy').map(Number),
    proxies: all('proxy'),
    installed: all('installed'),
    configUrlAnswers: lines.includes('url'),
  }
}

/** A script that prints which of the commands the host lacks, one a line. */
export const whichMissing = (commands: readonly string[]): Quoted =>
  sh`for name in ${commands}; do command -v "$name" >/dev/null 2>&1 || echo "$name"; done`

/**
 * Whether a proxy's exporter answers on the host itself, by bash alone. Source: obproxy
 * src/obproxy/prometheus/ob_prometheus_exporter.cpp, an Exposer of prometheus-cpp.
 */
export const askExporter = (port: number): Quoted =>
  sh`timeout 5 bash -c 'exec 3<>"/dev/tcp/127.0.0.1/$0" && printf "GET /metrics HTTP/1.0\\r\\nHost: localhost\\r\\n\\r\\n" >&3 && head -n 1 <&3' ${port} 2>/dev/null | grep -q " 200 "`

/**
 * A script that prints how many connections to a port are open: state 01 in the kernel's tables.
 */
export const clientsOf = (port: number): Quoted => sh`printf -v port ':%04X' ${port}
cat /proc/net/tcp /proc/net/tcp6 2>/dev/null | awk -v port="$port" '$2 ~ port "$" && $4 == "01" { n++ } END { print n + 0 }'`
