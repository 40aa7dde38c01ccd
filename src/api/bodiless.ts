import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import type { Api } from './context.ts'

/** Calls that read nothing from a body: OCP's clients send none, an empty one or `{}`, under whatever type. */
export function bodiless(api: Api, routes: (calls: Api) => void): void {
  api.register(async (scope) => {
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser('*', { parseAs: 'string' }, async () => undefined)
    routes(scope.withTypeProvider<ZodTypeProvider>())
  })
}
