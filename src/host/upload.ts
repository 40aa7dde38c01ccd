import { type FileHandle, open } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { Transform } from 'node:stream'
import { DefiniteError } from '../errors/failure.ts'
import { printed } from '../errors/printed.ts'
import { say } from '../errors/say.ts'
import { type Quoted, sh } from '../quote.ts'
import type { Seat } from './exchange.ts'
import type { Output, Upload } from './host.ts'
import { lastLines } from './output.ts'
import { markOf } from './remote.ts'
import { runScript, type Workplace } from './run.ts'

const timeoutMs = 60 * 60_000
const chunkBytes = 256 * 1024

/** Exit code of the scripts below when the file is not, or not wholly, what it should be. */
const differs = 3

const failed = (ip: string, { to }: Upload, why: string): DefiniteError =>
  new DefiniteError({
    code: 'TSK10006',
    message: say`saving ${to} on host ${ip} failed: ${printed(why)}`,
    advice: /no space left|quota/i.test(why)
      ? say`free space on the file system of ${dirname(to)} there (see df ${dirname(to)}), then retry`
      : say`see that root can write to ${dirname(to)} there and that its disk is sound, then retry`,
    host: ip,
  })

// The size is looked at first: it is free, a digest of a large package is not.
const sameFile = (path: string, { sizeBytes, sha256 }: Pick<Upload, 'sizeBytes' | 'sha256'>) =>
  sh`[ "$(stat -c %s ${path} 2>/dev/null)" = ${sizeBytes} ] && [ "$(sha256sum < ${path})" = ${`${sha256}  -`} ]`

/** Shell that succeeds when the file is there whole; for a script that looks at more. */
export const isThereWhole = (file: Pick<Upload, 'to' | 'sizeBytes' | 'sha256'>): Quoted =>
  sameFile(file.to, file)

const temporary = (place: Workplace, { to }: Upload): string =>
  `${dirname(to)}/.${basename(to)}.obflow-${markOf(place.session.key)}`

/**
 * Makes room for the file: also removes temporary files of this name, this subtask's and those no
 * other has written to for ten minutes.
 */
const prepared = (
  place: Workplace,
  file: Upload,
): Quoted => sh`mkdir -p ${dirname(file.to)} || exit 1
rm -f ${temporary(place, file)}
find ${dirname(file.to)} -maxdepth 1 -name ${`.${basename(file.to).replace(/[[\]*?\\]/g, '\\$&')}.obflow-*`} -mmin +10 -delete`

/** Whether the file is there whole. */
export const isThere = async (place: Workplace, file: Upload): Promise<boolean> => {
  const script = sh`${prepared(place, file)}
${isThereWhole(file)} || exit ${differs}`
  const { code, stderr } = await runScript(place, {
    script,
    as: 'root',
    timeoutMs,
    title: `look for ${file.to}`,
  })
  if (code !== 0 && code !== differs) throw failed(place.access.ip, file, lastLines(stderr, 5))
  return code === 0
}

/** Said when the file is in its place, before what is to run then. */
const arrived = 'arrived\n'

/**
 * The file put in its place, and what runs then; it comes on standard input, or from `fetching`.
 * Hashed as it is written, not read again. It is not synced either: a later attempt that finds the
 * file compares its digest first, so one that a power cut spoiled is brought again.
 */
const saving = (place: Workplace, file: Upload, fetching?: Quoted): Quoted => {
  const path = temporary(place, file)
  return sh`set -o pipefail
${prepared(place, file)}
partial=${path}
trap 'rm -f "$partial"' EXIT
digest=$(${fetching ? sh`${fetching} | ` : sh``}tee ${path} | sha256sum) || exit 1
[ "$digest" = ${`${file.sha256}  -`} ] || exit ${differs}
chmod 644 ${path} && mv -f ${path} ${file.to} || exit 1
trap - EXIT
echo arrived
${file.afterwards?.script ?? sh``}`
}

/** Tells once when a script says that the file is in its place. */
const untilArrived = (onArrival: () => void): ((more: string) => void) => {
  let [text, told] = ['', false]
  return (more) => {
    if (told) return
    text = (text + more).slice(-2 * arrived.length)
    told = text.includes(arrived)
    if (told) onArrival()
  }
}

const thenTitled = (title: string, { afterwards }: Upload): string =>
  afterwards === undefined ? title : `${title}, ${afterwards.title}`

const send = async (
  place: Workplace,
  file: Upload,
  opened: FileHandle,
  onArrival: () => void,
): Promise<Output> => {
  let sentBytes = 0
  const counted = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      sentBytes += chunk.length
      file.progress?.(sentBytes)
      done(null, chunk)
    },
  })
  const source = opened.createReadStream({ highWaterMark: chunkBytes })
  source.on('error', (error) => counted.destroy(error))
  const heard = untilArrived(onArrival)
  try {
    const { code, stdout, stderr } = await runScript(place, {
      script: saving(place, file),
      as: 'root',
      timeoutMs: timeoutMs + (file.afterwards?.timeoutMs ?? 0),
      title: thenTitled(
        `upload ${basename(file.from)} (${file.sizeBytes} bytes) to ${file.to}`,
        file,
      ),
      body: source.pipe(counted),
      begun: heard,
      heard,
    })
    if (stdout.startsWith(arrived)) return { code, stdout: stdout.slice(arrived.length), stderr }
    if (code === differs)
      throw failed(
        place.access.ip,
        file,
        'the file that was sent does not have the expected digest',
      )
    throw failed(place.access.ip, file, lastLines(stderr, 5))
  } finally {
    source.destroy()
  }
}

/** A file that comes slower from another host is better sent from here. */
const minBytesPerSecond = 2 ** 20

/**
 * Has the host fetch the file from one that gives it, under a token that no other process sees;
 * verified as any other. Undefined when it did not come.
 */
export async function fetchFile(
  place: Workplace,
  file: Upload,
  { ip, port, token }: Seat,
  onArrival: () => void,
): Promise<Output | undefined> {
  const seconds = 10 + Math.ceil(file.sizeBytes / minBytesPerSecond)
  const heard = untilArrived(() => {
    file.progress?.(file.sizeBytes)
    onArrival()
  })
  const connect = 'exec 3<>"/dev/tcp/$1/$2"'
  const script = sh`within() { timeout "$1" bash --norc -c "$2" _ ${ip} ${port}; }
within 3 ${connect} 2>/dev/null || exit ${differs}
fetch() { printf '%s\\n' ${token} | within ${seconds} ${`${connect} && cat >&3 && cat <&3`}; }
${saving(place, file, sh`fetch`)}`
  const { code, stdout, stderr } = await runScript(place, {
    script,
    as: 'root',
    timeoutMs: (seconds + 10) * 1000 + (file.afterwards?.timeoutMs ?? 0),
    title: thenTitled(`fetch ${basename(file.from)} (${file.sizeBytes} bytes) from ${ip}`, file),
    begun: heard,
    heard,
  })
  if (!stdout.startsWith(arrived)) return undefined
  return { code, stdout: stdout.slice(arrived.length), stderr }
}

/** What runs once the file is there, where it was there already. */
export const runThen = async (place: Workplace, file: Upload): Promise<Output> => {
  place.session.log('INFO', `${place.access.ip}: ${file.to} is there already`)
  file.progress?.(file.sizeBytes)
  const { afterwards } = file
  if (afterwards === undefined) return { code: 0, stdout: '', stderr: '' }
  return runScript(place, { ...afterwards, as: 'root' })
}

/**
 * Sends a file to a host: it appears under its name whole and verified, or not at all. Gives the
 * answer of what runs then. Tells when the file has arrived.
 */
export const sendFile = async (
  place: Workplace,
  file: Upload,
  onArrival: () => void,
): Promise<Output> => {
  // Opened before there is a stream: one that cannot open its file while the host is still waited
  // for has nobody to tell.
  await using opened = await open(file.from)
  const { size } = await opened.stat()
  if (size !== file.sizeBytes)
    throw failed(
      place.access.ip,
      file,
      `${file.from} has ${size} bytes instead of ${file.sizeBytes}`,
    )
  // Awaited, or the file would be closed under the stream.
  return await send(place, file, opened, onArrival)
}
