import type { FastifyInstance } from 'fastify'

/** Which methods a path has: what tells a wrong method (405) from a wrong path (404). Call it before routes are added. */
export function allowedMethods(app: Pick<FastifyInstance, 'addHook'>): (url: string) => string[] {
  const routes: { readonly method: string; readonly path: RegExp }[] = []
  app.addHook('onRoute', ({ method, url }) => {
    const path = new RegExp(`^${url.replaceAll('.', '\\.').replaceAll(/:\w+/g, '[^/]+')}$`)
    for (const each of [method].flat()) routes.push({ method: each, path })
  })
  return (url) => {
    const [path = ''] = url.split('?')
    return [...new Set(routes.filter((route) => route.path.test(path)).map((route) => route.method))].sort()
  }
}
