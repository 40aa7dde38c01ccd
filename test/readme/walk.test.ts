import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { commandsOf } from './commands.ts'
import { ruleOf } from './rules.ts'
import { Walk } from './walk.ts'

const page = await readFile(join(import.meta.dirname, '../../README.md'), 'utf8')

describe("README's commands, typed one after the other at a fresh clone", () => {
  let walk: Walk
  beforeAll(async () => {
    walk = await Walk.begin()
  })
  afterAll(() => walk?.[Symbol.asyncDispose]())

  for (const command of commandsOf(page)) {
    const rule = ruleOf(command)
    if (rule?.how === 'notRun') continue
    it(`line ${command.line}: ${command.text.split('\n')[0]}`, async () => {
      if (rule === undefined) expect.fail('nothing knows this command: see rules.ts')
      if (rule.how === 'typed') await walk.type(command.text)
      else await walk.special[rule.how](command.text)
    })
  }
})
