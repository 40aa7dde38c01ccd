#!/usr/bin/env node
import { mkdirSync, statSync } from 'node:fs'
import module from 'node:module'

// Plain JavaScript: an old Node, which cannot read TypeScript, is told apart here.
const [major, minor] = process.versions.node.split('.').map(Number)
if (major < 22 || (major === 22 && minor < 18)) {
  process.stderr.write(
    `obflow needs Node 22.18 or later, and this is ${process.versions.node}. "make setup" brings one: .tools/bin/node\n`,
  )
  process.exit(1)
}
// What Node compiles is kept for this user alone, unlike in Node's own place below /tmp.
const { HOME = '', NODE_COMPILE_CACHE, XDG_CACHE_HOME } = process.env
if (!NODE_COMPILE_CACHE)
  try {
    // A home or cache of somebody else, as with sudo, gets no files of this user's, and its owner
    // could put code there.
    if (statSync(XDG_CACHE_HOME || HOME).uid === process.geteuid?.()) {
      const folder = `${XDG_CACHE_HOME || `${HOME}/.cache`}/obflow/compiled`
      mkdirSync(folder, { recursive: true, mode: 0o700 })
      module.enableCompileCache?.(folder)
    }
  } catch {
    // It starts more slowly.
  }
await import('../src/packageScopes.ts')
await import('../src/cli.ts')
