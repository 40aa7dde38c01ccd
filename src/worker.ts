import './packageScopes.ts'

/** A worker process: any number of them may serve one Temporal namespace and one PostgreSQL. */
await import('./workerProgram.ts')
