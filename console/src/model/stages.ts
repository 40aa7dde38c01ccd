import { type Stage as Any, stagesOf } from '../../../src/view/index.ts'
import type { Subtask } from '../api/types.ts'

export type Stage = Any<Subtask>
export { stagesOf }
