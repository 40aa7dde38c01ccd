import { type FileHandle, open } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { Transform } from 'node:stream'
import { DefiniteError } from '../errors/failure.ts'
import { printed } from '../errors/printed.ts'
import { say } from '../errors/say.ts'
import { type Quoted, sh } from '../quote.ts'
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

const isThere = async (place: Workplace, file: Upload): Promise<boolean> => {
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
 * Hashed as it is written, not read again. It is not synced either: a later attempt that
 * finds the file compares its digest first, so one that a power cut spoiled is sent again.
 */
const send = async (
  place: Workplace,
  file: Upload,
  opened: FileHandle,
  onArrival: () => void,
): Promise<Output> => {
  const path = temporary(place, file)
  const script = sh`set -o pipefail
${prepared(place, file)}
partial=${path}
trap 'rm -f "$partial"' EXIT
digest=$(tee ${path} | sha256sum) || exit 1
[ "$digest" = ${`${file.sha256}  -`} ] || exit ${differs}
chmod 644 ${path} && mv -f ${path} ${file.to} || exit 1
trap - EXIT
echo arrived
${file.afterwards?.script ?? sh``}`
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
  const title = `upload ${basename(file.from)} (${file.sizeBytes} bytes) to ${file.to}`
  let text = ''
  const heard = (more: string): void => {
    text = (text + more).slice(-2 * arrived.length)
    if (text.includes(arrived)) onArrival()
  }
  try {
    const { code, stdout, stderr } = await runScript(place, {
      script,
      as: 'root',
      timeoutMs: timeoutMs + (file.afterwards?.timeoutMs ?? 0),
      title: file.afterwards === undefined ? title : `${title}, ${file.afterwards.title}`,
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

const runThen = (place: Workplace, { afterwards }: Upload): Promise<Output> | Output =>
  afterwards === undefined
    ? { code: 0, stdout: '', stderr: '' }
    : runScript(place, { ...afterwards, as: 'root' })

/**
 * Brings a file to a host unless it is there already; it appears under its name whole and verified,
 * or not at all. Gives the answer of what runs then. Tells when the file has arrived.
 */
export const uploadFile = async (
  place: Workplace,
  file: Upload,
  onArrival: () => void,
): Promise<Output> => {
  const there = file.there ?? (await isThere(place, file))
  if (there) {
    place.session.log('INFO', `${place.access.ip}: ${file.to} is there already`)
    file.progress?.(file.sizeBytes)
    onArrival()
    return runThen(place, file)
  }
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
