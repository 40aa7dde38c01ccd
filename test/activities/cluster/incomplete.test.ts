import { expect, test } from 'vitest'
import { incomplete } from '../../../src/activities/cluster/waitClusterAccessible.ts'
import { inEnglish } from '../../../src/errors/say.ts'
import type { ObServer } from '../../../src/oceanbase/index.ts'

const server = (ip: string, changes: Partial<ObServer> = {}): ObServer => ({
  ip,
  port: 2882,
  sqlPort: 2881,
  zone: 'zone1',
  status: 'ACTIVE',
  startServiceTime: 1,
  stopTime: null,
  withRootserver: ip === '10.0.0.1',
  version: '4.2.1.8',
  ...changes,
})
const both = ['10.0.0.1', '10.0.0.2']

test.each([
  ['is whole when all serve and one leads', both.map((ip) => server(ip)), undefined],
  [
    'names a server that is not listed',
    [server('10.0.0.1')],
    '1 of 2 servers serve (10.0.0.2 is not listed)',
  ],
  [
    'names a server with its state',
    [server('10.0.0.1'), server('10.0.0.2', { status: 'INACTIVE' })],
    '1 of 2 servers serve (10.0.0.2 INACTIVE)',
  ],
  [
    'does not count a server without start_service_time',
    [server('10.0.0.1'), server('10.0.0.2', { startServiceTime: null })],
    '1 of 2 servers serve (10.0.0.2 ACTIVE)',
  ],
  [
    'does not count a stopped server',
    [server('10.0.0.1'), server('10.0.0.2', { stopTime: 5 })],
    '1 of 2 servers serve (10.0.0.2 ACTIVE)',
  ],
  [
    'wants one leader',
    both.map((ip) => server(ip, { withRootserver: false })),
    '0 root servers lead',
  ],
  [
    'wants no server too many',
    [...both, '10.0.0.3'].map((ip) => server(ip)),
    '3 servers are listed, 2 expected',
  ],
])('a cluster %s', (_name, servers, words) => {
  const said = incomplete(servers, both)
  expect(said && inEnglish(said)).toBe(words)
})
