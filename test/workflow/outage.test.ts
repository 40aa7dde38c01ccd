import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { DefiniteError } from '../../src/errors/failure.ts'
import { asIs } from '../../src/errors/say.ts'
import type { Store } from '../../src/store/index.ts'
import { aCreate, type Environment, type Scene, startEnvironment, withTask } from './environment.ts'

let environment: Environment
beforeAll(async () => {
  environment = await startEnvironment()
})
afterAll(() => environment?.teardown())
beforeEach(() => environment.opened.reset())

/** The environment's store, which nobody reaches while `down` says so. */
function storeThatGoes(down: () => boolean): Store {
  const { store } = environment.opened
  const tasks = new Proxy(store.tasks, {
    get(target, name, receiver) {
      const method: unknown = Reflect.get(target, name, receiver)
      if (typeof method !== 'function') return method
      return (...args: unknown[]) => {
        if (down()) throw Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })
        return Reflect.apply(method, target, args)
      }
    },
  })
  return { ...store, tasks }
}

const eventsOf = async ({ handle }: Scene): Promise<number> =>
  (await handle.describe()).historyLength

describe('half an hour without the store', () => {
  it('costs a run that waits for an operator nothing', async () => {
    let down = false
    const failing = ({ activity }: { readonly activity: string }) => {
      if (activity === 'ioBench')
        throw new DefiniteError({ code: 'CMP07053', message: asIs('slow') })
    }
    const wait = async (scene: Scene): Promise<void> => {
      await scene.recorded('FAILED')
      const before = await eventsOf(scene)
      down = true
      await environment.sleep('30m')
      down = false
      expect((await eventsOf(scene)) - before).toBeLessThanOrEqual(2)
      await scene.handle.terminate()
    }
    await withTask(
      environment,
      aCreate(),
      failing,
      wait,
      storeThatGoes(() => down),
    )
  })

  it('costs a run at work a handful of events, and it goes on by itself', async () => {
    let down = false
    let before = 0
    const behave = ({ activity }: { readonly activity: string }) => {
      if (activity === 'makeDir') down = before === 0
    }
    const wait = async (scene: Scene): Promise<void> => {
      while (!down) await new Promise((resolve) => setTimeout(resolve, 5))
      before = await eventsOf(scene)
      await environment.sleep('30m')
      expect((await eventsOf(scene)) - before).toBeLessThan(10)
      down = false
      await scene.done()
    }
    await withTask(
      environment,
      aCreate(),
      behave,
      wait,
      storeThatGoes(() => down),
    )
  })
})
