import { expect, test } from 'vitest'
import { checks } from '../../src/errors/chinese/checks.ts'
import { hosts } from '../../src/errors/chinese/hosts.ts'
import { chinese } from '../../src/errors/chinese/index.ts'
import { nodes } from '../../src/errors/chinese/nodes.ts'
import { printed as printedTable } from '../../src/errors/chinese/printed.ts'
import { requests } from '../../src/errors/chinese/requests.ts'
import { printed } from '../../src/errors/printed.ts'
import { asIs, inEnglish, listed, saidIn, say } from '../../src/errors/say.ts'
import { englishInGaps, plainRules, printedIn, sentencesIn } from '../support/sentences.ts'

const sentences = sentencesIn('src')
const gapsOf = (words: string): string[] => (words.match(/\{\d+\}/g) ?? []).sort()

test('every sentence that is said has Chinese words', () => {
  const missing = sentences.filter(({ key }) => !Object.hasOwn(chinese, key))
  expect(missing).toEqual([])
})

test('the Chinese of a sentence has the same gaps', () => {
  const differing = Object.entries(chinese).filter(
    ([key, words]) => gapsOf(key).join() !== gapsOf(words).join(),
  )
  expect(differing).toEqual([])
})

test('no sentence has Chinese words twice', () => {
  const keys = [checks, hosts, nodes, printedTable, requests].flatMap((table) => Object.keys(table))
  expect(keys.filter((key, index) => keys.indexOf(key) !== index)).toEqual([])
})

test('no gap of a sentence is filled with English words', () => {
  expect(englishInGaps('src')).toEqual([])
})

test('what scripts print, and what they are called, has Chinese words', () => {
  const rooms = ['src/activities', 'src/host', 'src/oceanbase', 'src/worker']
  const texts = rooms.flatMap(printedIn).filter((text) => /[a-z]{2,} [a-z]{2,}/.test(text))
  expect(texts.length).toBeGreaterThan(60)
  expect(texts.filter((text) => printed(text).key === '{0}')).toEqual([])
})

test('the rules of schemas are sentences', () => {
  expect(plainRules('src/api')).toEqual([])
})

test('of what a script printed each line is said by itself, those of other programs as they are', () => {
  const said = printed('bin/observer refused to start:\nld.so: no such file')
  expect(inEnglish(said)).toBe('bin/observer refused to start:\nld.so: no such file')
  expect(saidIn('zh', said)).toBe('bin/observer 拒绝启动：\nld.so: no such file')
})

test('a sentence is said in either language, with sentences and lists in its gaps', () => {
  const path = say`user ${'admin'} does not exist`
  const said = say`${'10.0.0.1'} cannot take the directories of cluster ${'a'}: ${listed([path, asIs('\0 raw')], '; ')}`
  expect(inEnglish(said)).toBe(
    '10.0.0.1 cannot take the directories of cluster a: user admin does not exist; \0 raw',
  )
  expect(saidIn('zh', said)).toBe('10.0.0.1 无法容纳集群 a 的目录：用户 admin 不存在; \0 raw')
  expect(saidIn('zh', say`missing: ${['tar', 'rpm']}`)).toBe('缺少：tar、rpm')
})

test('what has no Chinese words is said in English', () => {
  expect(saidIn('zh', { key: 'never said {0} of {7}', args: [1] })).toBe('never said 1 of ')
})
