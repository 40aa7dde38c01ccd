import { type Said, say } from '../../errors/say.ts'
import { type MemoryBudget, memoryBudget } from './budget.ts'
import { type Check, type Situation, when } from './finding.ts'
import { untaken } from './ownership.ts'
import { gibibytes } from './size.ts'

/** Source: obdeploy plugins/oceanbase/3.1.0/resource_check.py, error 2000. */
const leastMemory = 3 * 2 ** 30

const budgetOf = ({ facts, wish }: Situation): MemoryBudget =>
  memoryBudget(wish.cluster, facts.memory)

/** E.g. `memory_limit would be 6.1 GiB (80 % of 7.6 GiB)`. */
const limitWords = ({ given, limit, percentage, total }: MemoryBudget): Said =>
  given
    ? say`memory_limit is ${gibibytes(limit)}`
    : say`memory_limit would be ${gibibytes(limit)} (${percentage} % of ${gibibytes(total)})`

/** Source of the smallest that works: obdeploy, `obd cluster deploy` of its mini configuration. */
const smallest = say`give the host more memory, or post startupParameters memory_limit=6G, system_memory=1G and __min_full_resource_pool_memory=1073741824, the smallest that obd deploys`

const freeMemory = say`stop what else uses memory, give the host more, or post a smaller startupParameter memory_limit`

const memory = (level: Check['level'], advice: Said, look: Check['look']): Check => ({
  code: 'OBE19019',
  item: say`memory`,
  level,
  advice,
  look: untaken(look),
})

/** Whether an observer of this version would start with its memory at all. */
const startMemory: readonly Check[] = [
  memory('FATAL', smallest, (situation) => {
    const budget = budgetOf(situation)
    return when(
      budget.limit < budget.minLimit,
      say`${limitWords(budget)}; ${gibibytes(budget.minLimit)} are needed`,
    )
  }),
  memory('FATAL', smallest, (situation) => {
    const budget = budgetOf(situation)
    const { left, limit, minLimit, pool = 0, system } = budget
    const room = left > 0 ? gibibytes(left) : say`nothing`
    const leaves = say`${limitWords(budget)} and system_memory ${gibibytes(system)}, which leaves ${room} for tenants`
    return when(
      limit >= minLimit && (left < pool || left <= 0),
      pool > 0 ? say`${leaves}; ${gibibytes(pool)} are needed` : leaves,
    )
  }),
  memory('FATAL', say`post a larger system_memory, or none`, (situation) => {
    const { minSystem, system } = budgetOf(situation)
    return when(
      system < minSystem,
      say`system_memory is ${gibibytes(system)}; ${gibibytes(minSystem)} are needed`,
    )
  }),
]

/** Memory, as the kernel and obd ask for it. */
export const memoryChecks: readonly Check[] = [
  memory('FATAL', freeMemory, ({ facts }) =>
    when(
      facts.memory.available < leastMemory,
      say`${gibibytes(facts.memory.available)} are available, ${gibibytes(leastMemory)} are needed`,
    ),
  ),
  ...startMemory,
  // Source of both: obdeploy, error 2000, against what is free without and with the page cache.
  memory('FATAL', freeMemory, (situation) => {
    const budget = budgetOf(situation)
    const { cached, free } = situation.facts.memory
    return when(
      budget.limit > free + cached,
      say`${limitWords(budget)}; only ${gibibytes(free + cached)} are free or page cache`,
    )
  }),
  memory('WARN', freeMemory, (situation) => {
    const budget = budgetOf(situation)
    const { cached, free } = situation.facts.memory
    return when(
      budget.limit > free && budget.limit <= free + cached,
      say`${limitWords(budget)}; ${gibibytes(free)} are free, ${gibibytes(cached)} are page cache`,
    )
  }),
  memory(
    'FATAL',
    say`raise the limit, or post a startupParameter memory_limit below it`,
    (situation) => {
      const budget = budgetOf(situation)
      const { cgroup } = situation.facts
      return when(
        budget.limit > cgroup.memory,
        say`${limitWords(budget)}; a cgroup limits this host's processes to ${gibibytes(cgroup.memory)}, which observer does not see`,
      )
    },
  ),
  memory('WARN', say`post a smaller system_memory, or a larger memory_limit`, (situation) => {
    const { left, limit, system } = budgetOf(situation)
    // Source: obdeploy, error 2010.
    return when(
      left > 0 && system > 0.75 * limit,
      say`system_memory takes more than three quarters of memory_limit`,
    )
  }),
]
