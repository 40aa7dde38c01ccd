import { createHash } from 'node:crypto'
import { lstat, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** What the bundle is made of: these rooms, how they are bundled, and the packages as locked. */
const rooms = ['../workflows/', '../plan/'] as const
const others = ['./bundleProcess.ts', '../../package-lock.json'] as const

const sha256 = (text: string | Buffer): string => createHash('sha256').update(text).digest('hex')
const nameOf = (inputs: string, code: string): string =>
  `workflows-${inputs.slice(0, 32)}-${sha256(code).slice(0, 32)}.js`
const isBundle = /^workflows-[0-9a-f]{32}-[0-9a-f]{32}\.js$/

/** A digest of all that the bundle is made of; rejects where a part cannot be read. */
async function inputsDigest(): Promise<string> {
  const digest = createHash('sha256').update(process.version)
  for (const room of rooms) {
    const folder = fileURLToPath(new URL(room, import.meta.url))
    for (const name of (await readdir(folder, { recursive: true })).toSorted())
      if (name.endsWith('.ts'))
        digest.update(name).update(sha256(await readFile(join(folder, name))))
  }
  for (const name of others)
    digest.update(sha256(await readFile(fileURLToPath(new URL(name, import.meta.url)))))
  return digest.digest('hex')
}

/** The code in the file, if nobody else could have written it and it is what its name says. */
async function read(path: string, name: string, inputs: string): Promise<string | undefined> {
  const { uid, mode } = await lstat(path)
  if (uid !== process.geteuid?.() || (mode & 0o170022) !== 0o100000) return undefined
  const code = await readFile(path, 'utf8')
  return nameOf(inputs, code) === name ? code : undefined
}

/**
 * What `make` bundles, kept in a folder from one start to the next under a digest of what it is
 * made of: bundling takes seconds. A folder that cannot be used costs those, and nothing else.
 */
export async function keptBundle(
  folder: string,
  make: () => Promise<{ readonly code: string }>,
): Promise<{ readonly code: string }> {
  const inputs = await inputsDigest().catch(() => undefined)
  if (inputs === undefined) return make()
  const names = await readdir(folder).catch((): string[] => [])
  const kept = names.filter((name) => isBundle.test(name))
  for (const name of kept) {
    if (!name.startsWith(`workflows-${inputs.slice(0, 32)}-`)) continue
    const code = await read(join(folder, name), name, inputs).catch(() => undefined)
    if (code !== undefined) return { code }
  }
  const made = await make()
  await write(folder, nameOf(inputs, made.code), made.code, kept).catch(() => undefined)
  return made
}

/** Appears whole, and takes the place of older ones. */
async function write(
  folder: string,
  name: string,
  code: string,
  old: readonly string[],
): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const draft = join(folder, `.${name}.${process.pid}`)
  try {
    await writeFile(draft, code, { mode: 0o600, flag: 'wx', flush: true })
    await rename(draft, join(folder, name))
  } finally {
    await rm(draft, { force: true })
  }
  for (const each of old) if (each !== name) await rm(join(folder, each), { force: true })
}
