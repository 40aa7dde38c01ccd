import type { Project } from '../../lab/grown/index.ts'
import type { Lab } from '../../lab/index.ts'
import { type ApiClient, createClient } from '../../src/cli/client.ts'
import { type Scene, startScene } from '../lab/scene.ts'
import { type Grown, serveGrown } from '../lab/serve.ts'

export interface GrownScene {
  readonly scene: Scene
  readonly project: Project
  /** One client for each API. */
  readonly apis: readonly [first: ApiClient, second: ApiClient]
}

/**
 * A scene on what docker-compose.yml starts, with its containers at hand. What `prepare` makes in
 * the lab's folder goes with the lab. Close the scene.
 */
export async function startGrownScene(
  hosts: number,
  prepare: (lab: Lab) => Promise<Grown> = async () => ({}),
): Promise<GrownScene> {
  let made: Omit<GrownScene, 'scene'> | undefined
  const scene = await startScene({
    hosts,
    idcOf: (index) => `hz${index + 1}`,
    async serve(options) {
      const served = await serveGrown(options, await prepare(options.lab))
      const client = (index: number): ApiClient =>
        createClient({
          url: `http://${served.project.container('api', index).ip}:8080`,
          user: 'admin',
          password: options.password,
        })
      made = { project: served.project, apis: [client(0), client(1)] }
      return served
    },
  })
  if (!made) throw new Error('the scene was not served')
  return { scene, ...made }
}
