import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Refused } from '../../errors/refused.ts'
import { say } from '../../errors/say.ts'

interface Route {
  readonly method: string
  readonly path: RegExp
  readonly parameters: number
}

/** A path that begins with a letter where an id belongs is a call of OCP that is not served. */
const patternOf = (parameter: string): string =>
  /^:(id|subtaskId)$/.test(parameter) ? '(?![A-Za-z])[^/]+' : '[^/]+'

export const noCall = ({ method, url }: Pick<FastifyRequest, 'method' | 'url'>): Refused =>
  new Refused({ code: 'COM10002', args: ['call', `${method} ${url.split('?')[0]}`] })

const toRoute = (method: string, url: string): Route => ({
  method,
  path: new RegExp(
    `^${url.replaceAll('.', '\\.').replaceAll(/:\w+/g, patternOf).replaceAll('*', '.*')}$`,
  ),
  parameters: url.split(':').length - 1,
})

/**
 * Refuses a method that a path does not have with 405 and not 404, and a path that names no call.
 * Call it before routes are added.
 */
export function refuseOtherMethods(app: Pick<FastifyInstance, 'addHook'>): void {
  const routes: Route[] = []
  app.addHook(
    'onRoute',
    ({ method, url }) => void routes.push(...[method].flat().map((each) => toRoute(each, url))),
  )
  app.addHook('onRequest', async (request: FastifyRequest, reply: FastifyReply) => {
    const [path = ''] = request.url.split('?')
    const matching = routes.filter((route) => route.path.test(path))
    // `hosts/batchCreate` is that call, and no host of that number.
    const fewest = Math.min(...matching.map((route) => route.parameters))
    const methods = new Set(
      matching.filter((route) => route.parameters === fewest).map((route) => route.method),
    )
    if (methods.size === 0 && !request.is404) throw noCall(request)
    if (methods.size === 0 || methods.has(request.method)) return
    reply.header('allow', [...methods].sort().join(', '))
    const why = say`${request.method} is not supported by ${path}`
    throw new Refused({ code: 'COM10003', args: [why], http: 405 })
  })
}
