export * from './clusters.ts'
export * from './iam.ts'
export * from './inventory.ts'
export * from './tasks.ts'
