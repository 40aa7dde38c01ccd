import { describeRollback } from './rollbackCases.ts'

// In two files, which run side by side.
describeRollback({ nodes: [1, 14], afterwards: true })
