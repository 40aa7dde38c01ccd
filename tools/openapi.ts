import { randomBytes } from 'node:crypto'
import { buildApp } from '../src/api/app.ts'
import { openStore, parseKeys } from '../src/store/index.ts'

/** Prints the OpenAPI document without a server: console/ makes its client's types from it. */

const absent = async (): Promise<never> => {
  throw new Error('only the document is asked for')
}

const store = await openStore({ keys: parseKeys(randomBytes(32).toString('hex')) })
const { app } = await buildApp({
  store,
  config: {
    errorCodes: 'string',
    passwordRule: 'none',
    packagesDir: '',
    rateLimits: [0, 0, 0, 0],
    trustedProxies: undefined,
    publicUrl: undefined,
    ocpVersion: undefined,
    listen: { host: '127.0.0.1', port: 0 },
    allowedHosts: [],
    callLog: 'off',
    maxPackageBytes: 1,
    consoleDir: undefined,
    sessionIdleMs: 0,
    temporalUi: undefined,
  },
  workflows: {
    tell: absent,
    run: absent,
    replace: absent,
    lookAtHosts: absent,
    health: absent,
  },
})
process.stdout.write((await app.inject('/api/v2/openapi.json')).body)
await app.close()
await store.close()
