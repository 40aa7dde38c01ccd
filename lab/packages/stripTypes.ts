import { globSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import { join } from 'node:path'

// Makes JavaScript of all TypeScript below a folder: Node would strip the types anew at each start
// of a program, which takes it three times as long as all else. A program of its own, because the
// warning that Node has for it is switched off for a whole process only.
//   node --disable-warning=ExperimentalWarning lab/packages/stripTypes.ts <folder>

const [, , folder = ''] = process.argv
for (const file of globSync('**/*.ts', { cwd: folder })) {
  const path = join(folder, file)
  const plain = stripTypeScriptTypes(readFileSync(path, 'utf8')).replaceAll(
    /(from '\.[^']+)\.ts'/g,
    "$1.js'",
  )
  writeFileSync(path.replace(/\.ts$/, '.js'), plain)
  rmSync(path)
}
