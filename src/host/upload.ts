import { type FileHandle, open } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { Transform } from 'node:stream'
import { DefiniteError } from '../errors/failure.ts'
import { printed } from '../errors/printed.ts'
import { say } from '../errors/say.ts'
import { sh } from '../quote.ts'
import type { Upload } from './host.ts'
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
const sameFile = (path: string, { sizeBytes, sha256 }: Upload) =>
  sh`[ "$(stat -c %s ${path} 2>/dev/null)" = ${sizeBytes} ] && [ "$(sha256sum < ${path})" = ${`${sha256}  -`} ]`

const temporary = (place: Workplace, { to }: Upload): string =>
  `${dirname(to)}/.${basename(to)}.obflow-${markOf(place.session.key)}`

/**
 * Also removes temporary files of this name: this subtask's, and those no other has written to for
 * ten minutes.
 */
const isThere = async (place: Workplace, file: Upload): Promise<boolean> => {
  const script = sh`mkdir -p ${dirname(file.to)} || exit 1
rm -f ${temporary(place, file)}
find ${dirname(file.to)} -maxdepth 1 -name ${`.${basename(file.to).replace(/[[\]*?\\]/g, '\\$&')}.obflow-*`} -mmin +10 -delete
${sameFile(file.to, file)} || exit ${differs}`
  const { code, stderr } = await runScript(place, {
    script,
    as: 'root',
    timeoutMs,
    title: `look for ${file.to}`,
  })
  if (code !== 0 && code !== differs) throw failed(place.access.ip, file, lastLines(stderr, 5))
  return code === 0
}

const send = async (place: Workplace, file: Upload, opened: FileHandle): Promise<void> => {
  const path = temporary(place, file)
  const script = sh`partial=${path}
trap 'rm -f "$partial"' EXIT
cat > ${path} || exit 1
${sameFile(path, file)} || exit ${differs}
chmod 644 ${path} && sync ${path} && mv -f ${path} ${file.to} && sync ${dirname(file.to)}`
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
  try {
    const { code, stderr } = await runScript(place, {
      script,
      as: 'root',
      timeoutMs,
      title,
      body: source.pipe(counted),
    })
    if (code === differs)
      throw failed(
        place.access.ip,
        file,
        'the file that was sent does not have the expected digest',
      )
    if (code !== 0) throw failed(place.access.ip, file, lastLines(stderr, 5))
  } finally {
    source.destroy()
  }
}

/**
 * Brings a file to a host unless it is there already; it appears under its name whole and verified,
 * or not at all.
 */
export const uploadFile = async (place: Workplace, file: Upload): Promise<void> => {
  if (await isThere(place, file)) {
    place.session.log('INFO', `${place.access.ip}: ${file.to} is there already`)
    file.progress?.(file.sizeBytes)
    return
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
  await send(place, file, opened)
}
