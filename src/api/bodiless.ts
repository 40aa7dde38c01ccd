import type { Api } from './context.ts'

/** Calls that read nothing from a body; bodies.ts takes an empty one for them. */
export const bodiless = (api: Api, routes: (calls: Api) => void): void => routes(api)
