import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type ClusterSpec, errorTail } from '../../src/oceanbase/index.ts'
import { clusterOf } from '../activities/cluster/fakeCluster.ts'

// Lines in the form of oceanbase deps/oblib/src/lib/oblog/ob_log.cpp and share/alert_log.
const noise =
  '[2026-01-01 00:00:01.000000] WDIAG [SERVER] refresh (ob_x.cpp:1) [9][T][T0][Y0-0] [lt=1][errcode=-4018] no entry(ret=-4018)'
const start =
  '[2026-01-01 00:00:02.000000] EDIAG [SERVER] init (ob_server.cpp:9) [9][observer][T0][Y0-0] [lt=1][errcode=-4184] disk is short(ret=-4184)'
const bootstrap =
  '[2026-01-01 00:00:03.000000] WDIAG [BOOTSTRAP] check (ob_bootstrap.cpp:7) [9][T1][T1][Y0-0] [lt=1][errcode=-4122] rpc failed(ret=-4122, addr="10.0.0.2:2882")'
const alert =
  '2026-01-01 00:00:03.000000|ERROR|BOOTSTRAP|OB_BOOTSTRAP_PREPARE_FAIL|-4122|0|9|bootstrap|Y0-0|prepare_bootstrap|ob_bootstrap.cpp:1|"bootstrap prepare fail."'

let home = ''
let cluster: ClusterSpec
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'obflow-logs-'))
  mkdirSync(join(home, 'log/alert'), { recursive: true })
  cluster = clusterOf(['10.0.0.1'], {
    paths: { install: home, data: '/data/1', log: '/data/log1' },
  })
})
afterEach(() => rmSync(home, { recursive: true }))

const put = (name: string, ...lines: string[]) =>
  writeFileSync(join(home, 'log', name), `${lines.join('\n')}\n`)
const tail = (of: 'start' | 'bootstrap') =>
  execFileSync('bash', { input: errorTail(cluster, of).text, encoding: 'utf8' }).trim()

test('a start is explained by the alert log and the errors, not by warnings that are noise', () => {
  put('observer.log', noise, start, noise)
  put('alert/alert.log', alert)
  expect(tail('start')).toBe(`alert/alert.log:\n${alert}\nobserver.log:\n${start}`)
})

test('where no error stands, warnings with a return code have to do', () => {
  put('observer.log', noise)
  expect(tail('start')).toBe(`observer.log:\n${noise}`)
})

test('a BOOTSTRAP is explained by rootservice.log', () => {
  put('observer.log', noise)
  put('rootservice.log', noise, bootstrap, noise)
  expect(tail('bootstrap')).toBe(`rootservice.log:\n${bootstrap}`)
})

test('without logs nothing is said', () => {
  expect(tail('bootstrap')).toBe('')
})
