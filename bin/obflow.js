#!/usr/bin/env node
// Plain JavaScript: an old Node, which cannot read TypeScript, is told apart here.
const [major, minor] = process.versions.node.split('.').map(Number)
if (major < 22 || (major === 22 && minor < 18)) {
  process.stderr.write(
    `obflow needs Node 22.18 or later, and this is ${process.versions.node}. "make setup" brings one: .tools/bin/node\n`,
  )
  process.exit(1)
}
await import('../src/packageScopes.ts')
await import('../src/cli.ts')
