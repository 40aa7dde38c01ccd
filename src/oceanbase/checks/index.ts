export type { PathFacts } from './facts.ts'
export { type HostFacts, parseFacts } from './facts.ts'
export type { Check, Clock, Finding, HostFinding, Level, Situation, Way, Wish } from './finding.ts'
export { askersOf, gatherScript, peersOf } from './gather.ts'
export { checks, judge, sentence } from './judge.ts'
export { neededCommands } from './machine.ts'
export { areDoubtful, truest } from './network.ts'
export { ownObservers } from './ownership.ts'
export {
  endListener,
  listenScript,
  reachScript,
  readListener,
  readReached,
} from './ways.ts'
