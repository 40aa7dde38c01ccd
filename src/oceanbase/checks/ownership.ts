import type { PathFacts } from './facts.ts'
import type { Check, Situation } from './finding.ts'

type Begun = Pick<Situation, 'facts' | 'wish'>

/**
 * Whether this very task has begun on the host: then what runs and lies there is its own, and
 * looking again finds nothing wrong.
 */
export const begun = ({ facts, wish }: Begun): boolean =>
  facts.paths.some(
    ({ path, madeBy }) => wish.layout.ownRoots.includes(path) && madeBy === String(wish.taskId),
  )

/** Observers that run from this cluster's home and were started by this task. */
export const ownObservers = (situation: Begun): readonly number[] =>
  begun(situation)
    ? situation.facts.observers
        .filter(({ cwd }) => cwd === situation.wish.layout.home)
        .map(({ pid }) => pid)
    : []

/** What stands below a tree that this task made. */
export const isOwn = (situation: Situation, { path }: Pick<PathFacts, 'path'>): boolean =>
  situation.facts.paths.some(
    (root) =>
      situation.wish.layout.ownRoots.includes(root.path) &&
      root.madeBy === String(situation.wish.taskId) &&
      (path === root.path || path.startsWith(`${root.path}/`)),
  )

/** Once observer runs it has taken what it was given: what is left then says nothing. */
export const untaken =
  (look: Check['look']): Check['look'] =>
  (situation) =>
    ownObservers(situation).length > 0 ? [] : look(situation)
