export { type Compact, unpack } from './compact.ts'
export {
  isAtWork,
  notable,
  type Sign,
  type State,
  type StateName,
  signOf,
  signOfAll,
  signs,
  type Tone,
} from './signs.ts'
export { type Placed, type Stage, stagesOf } from './stages.ts'
