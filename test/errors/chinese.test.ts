import { expect, test } from 'vitest'
import { checks } from '../../src/errors/chinese/checks.ts'
import { hosts } from '../../src/errors/chinese/hosts.ts'
import { chinese } from '../../src/errors/chinese/index.ts'
import { nodes } from '../../src/errors/chinese/nodes.ts'
import { requests } from '../../src/errors/chinese/requests.ts'
import { asIs, inEnglish, listed, saidIn, say } from '../../src/errors/say.ts'
import { englishInGaps, sentencesIn } from '../support/sentences.ts'

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
  const keys = [checks, hosts, nodes, requests].flatMap((table) => Object.keys(table))
  expect(keys.filter((key, index) => keys.indexOf(key) !== index)).toEqual([])
})

test('no gap of a sentence is filled with English words', () => {
  expect(englishInGaps('src')).toEqual([])
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
