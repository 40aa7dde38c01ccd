import { DefiniteError } from '../../errors/failure.ts'
import { printed } from '../../errors/printed.ts'
import { listed, say } from '../../errors/say.ts'
import { ledger } from '../../host/index.ts'
import { makeDirectories, removeDirectories } from '../../oceanbase/index.ts'
import { sh } from '../../quote.ts'
import type { HostNode } from '../node.ts'

/**
 * Makes the data and redo directories and links them into the store; all belong to the OS user.
 * Refuses what is not empty and not this task's own: an observer would answer -4015 to it, much
 * later. Source of the layout: oceanbase-doc, "Deploy manually".
 */
export async function makeDir({ cluster, input, log, target }: HostNode): Promise<void> {
  const script = sh`${ledger(input.taskId)}${makeDirectories(cluster)}`
  const lines = (await target.must(script, { title: 'make and link directories' }))
    .split('\n')
    .filter(Boolean)
  const problems = lines
    .filter((line) => line.startsWith('problem '))
    .map((line) => line.slice('problem '.length))
  if (problems.length > 0) {
    throw new DefiniteError({
      code: 'OBD-1002',
      message: say`${target.ip} cannot take the directories of cluster ${cluster.name}: ${listed(problems.map(printed), '; ')}`,
      advice: say`make sure that nothing there is needed, move it away, then retry`,
      host: target.ip,
    })
  }
  log('INFO', lines.join('; ') || 'all directories are there')
}

/**
 * Removes the directories and links that this task made, with what observer wrote into them;
 * foreign files beside them stay.
 */
export async function removeDir({ cluster, input, log, target }: HostNode): Promise<void> {
  const script = sh`${ledger(input.taskId)}${removeDirectories(cluster)}`
  const lines = (await target.must(script, { title: 'remove directories', timeoutMs: 600_000 }))
    .split('\n')
    .filter(Boolean)
  for (const line of lines) log(line.startsWith('left ') ? 'WARN' : 'INFO', line)
}
