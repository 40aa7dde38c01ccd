import './packageScopes.ts'

/** An API process: any number of them may serve one PostgreSQL and one Temporal namespace. */
await import('./serverProgram.ts')
