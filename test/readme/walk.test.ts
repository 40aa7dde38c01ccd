import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { pageCommands } from './pages.ts'
import { ruleOf } from './rules.ts'
import { Walk } from './walk.ts'

describe("README's commands, typed one after the other at a fresh clone", () => {
  let walk: Walk
  beforeAll(async () => {
    walk = await Walk.begin()
  })
  afterAll(() => walk?.[Symbol.asyncDispose]())

  for (const command of pageCommands) {
    const rule = ruleOf(command)
    if (rule?.how === 'notRun') continue
    it(`${command.page}:${command.line}: ${command.text.split('\n')[0]}`, async () => {
      if (rule === undefined) expect.fail('nothing knows this command: see rules.ts')
      if (rule.how === 'typed') await walk.type(command.text)
      else await walk.special[rule.how](command.text)
    })
  }
})
