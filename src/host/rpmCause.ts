import type { Cause, CauseCode } from '../errors/failure.ts'
import { printed } from '../errors/printed.ts'
import { type Said, say } from '../errors/say.ts'
import type { Output } from './host.ts'

interface Known {
  readonly said: RegExp
  readonly code: CauseCode
  readonly advice: Said
}

/** What rpm says, and what it means for an operator. */
const known: readonly Known[] = [
  {
    said: /No space left|needs \d+\w* (more space )?on the/i,
    code: 'CMP07050',
    advice: say`free space on that file system, then retry`,
  },
  {
    said: /is there already and is not this package's|is there and is not a directory/,
    code: 'OBD-1002',
    advice: say`move away what is there, or use another installPath, then retry`,
  },
  {
    said: /belongs to \S+, not to/,
    code: 'OBD-1002',
    advice: say`chown it to the user that runs OceanBase, or use another installPath, then retry`,
  },
  {
    said: /user \S+ does not exist/,
    code: 'CMP07037',
    advice: say`create the user on the host, then retry`,
  },
  {
    said: /is needed by/,
    code: 'PKG10014',
    advice: say`install the packages it needs on the host (for OceanBase CE: oceanbase-ce-libs of the same version), then retry`,
  },
  {
    said: /conflicts (with|between)/,
    code: 'TSK10005',
    advice: say`remove the package whose files are in the way, then retry`,
  },
  {
    said: /different (architecture|operating system)/,
    code: 'CMP07025',
    advice: say`use a package for the architecture of the host`,
  },
  {
    said: /still there after rpm -e/,
    code: 'TSK10005',
    advice: say`see what keeps it (a mount, chattr +i, a read-only disk), remove it by hand, then roll back again`,
  },
  {
    said: /not relocatable/,
    code: 'CMP07028',
    advice: say`use the package's own path as installPath`,
  },
  { said: /rpm is not there/, code: 'CMP07036', advice: say`install rpm on the host, then retry` },
  {
    said: /DB_RUNRECOVERY|Berkeley DB|rpmdb.*(corrupt|malformed)/i,
    code: 'TSK10005',
    advice: say`the rpm database of the host is damaged: run rpm --rebuilddb there, then retry`,
  },
  {
    said: /digest|signature|not an rpm package/i,
    code: 'TSK10005',
    advice: say`upload the package again: its file is damaged or its signature is not trusted on the host`,
  },
]

/** Another rpm or yum holds the database; it will let go of it. */
const locked = /transaction lock|database is locked/i

/**
 * From here on a shell's exit code tells of the signal that ended rpm (a reboot, the kernel short
 * of memory).
 */
const killed = 128

/** Why rpm failed, or undefined when it would do better later. */
export const rpmCause = ({ code, stderr, stdout }: Output, host: string): Cause | undefined => {
  const said = (stderr.trim() || stdout.trim()).slice(-1500)
  if (code >= killed || locked.test(said)) return undefined
  const match = known.find((entry) => entry.said.test(said))
  return {
    code: match?.code ?? 'TSK10005',
    message: say`rpm failed on ${host} with exit code ${code}: ${said === '' ? say`it said nothing` : printed(said)}`,
    advice: match?.advice ?? say`mend what rpm complains of, then retry`,
    host,
  }
}
