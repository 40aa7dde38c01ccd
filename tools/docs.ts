import { writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { madePages } from './docPages.ts'

for (const [path, text] of madePages())
  await writeFile(resolve(import.meta.dirname, '..', path), text)
