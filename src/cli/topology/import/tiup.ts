import { z } from 'zod'
import type { Imported } from './index.ts'

// tiup's files: tiup/embed/examples/cluster/multi-dc.yaml and topology.example.yaml.

const store = z.looseObject({
  host: z.string(),
  ssh_port: z.number().optional(),
  config: z
    .looseObject({ 'server.labels': z.record(z.string(), z.unknown()).optional() })
    .nullish(),
})
const file = z.looseObject({
  global: z
    .looseObject({ ssh_port: z.number().optional(), data_dir: z.string().optional() })
    .nullish(),
  tikv_servers: z.array(store).default([]),
})

/** What of TiDB has a place here: the hosts that keep data, and where they stand. */
export function fromTiup(found: Readonly<Record<string, unknown>>): Imported | undefined {
  const parsed = file.safeParse(found)
  if (!parsed.success || parsed.data.tikv_servers.length === 0) return undefined
  const { global, tikv_servers: stores } = parsed.data
  const label = (each: z.infer<typeof store>): string | undefined => {
    const labels = each.config?.['server.labels']
    const zone = labels?.dc ?? labels?.zone
    return zone === undefined ? undefined : String(zone)
  }
  const zones = [...Map.groupBy(stores, (each) => label(each) ?? each.host)]
  const special = stores.flatMap(({ host, ssh_port }) => {
    const port = ssh_port ?? global?.ssh_port
    return port === undefined || port === 22 ? [] : [{ address: host, sshPort: port }]
  })
  const topology = {
    packages: ['./oceanbase-ce.rpm', './oceanbase-ce-libs.rpm', './obagent.rpm'],
    login: { user: 'root', privateKey: 'file:~/.ssh/id_rsa' },
    ...(special.length > 0 && { hosts: special }),
    cluster: {
      name: 'obcluster',
      password: 'prompt',
      ...(global?.data_dir !== undefined && {
        paths: { data: `${global.data_dir}/data`, log: `${global.data_dir}/log` },
      }),
      zones: zones.map(([, members], index) => ({
        name: `zone${index + 1}`,
        hosts: [...new Set(members.map(({ host }) => host))],
      })),
    },
  }
  const leftOut = Object.keys(found)
    .filter((key) => key !== 'tikv_servers')
    .map((key) => `${key}${key === 'global' ? ' (but for ssh_port and data_dir)' : ''}`)
  const todo = [
    'TiKV\'s hosts are the hosts of observers here; a data centre (label "dc" or "zone") is a zone.',
    'To do: name the package files, and look at paths and login.',
  ]
  return { topology, leftOut, todo }
}
