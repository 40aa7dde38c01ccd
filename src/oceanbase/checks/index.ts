export { type HostFacts, parseFacts } from './facts.ts'
export type { Check, Clock, Finding, Level, Situation, Wish } from './finding.ts'
export { gatherScript, peersOf } from './gather.ts'
export { checks, judge, sentence } from './judge.ts'
