import { describeRollback } from './rollbackCases.ts'

describeRollback({ nodes: [15, 23], afterwards: false })
