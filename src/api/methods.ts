import type { FastifyInstance } from 'fastify'

/** Which methods a path has: what tells a wrong method (405) from a wrong path (404). Call it before routes are added. */
export function allowedMethods(app: Pick<FastifyInstance, 'addHook'>): (url: string) => string[] {
  const routes: { readonly method: string; readonly url: string; readonly path: RegExp }[] = []
  app.addHook('onRoute', ({ method, url }) => {
    const path = new RegExp(`^${url.replaceAll('.', '\\.').replaceAll(/:\w+/g, '[^/]+')}$`)
    for (const each of [method].flat()) routes.push({ method: each, url, path })
  })
  return (url) => {
    const [path = ''] = url.split('?')
    const matching = routes.filter((route) => route.path.test(path))
    // `hosts/batchCreate` is that call, and no host.
    const literal = matching.filter((route) => route.url === path)
    return [...new Set((literal.length > 0 ? literal : matching).map((route) => route.method))].sort()
  }
}
