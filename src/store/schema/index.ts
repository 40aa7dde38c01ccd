export * from './clusters.ts'
export * from './inventory.ts'
export * from './tasks.ts'
