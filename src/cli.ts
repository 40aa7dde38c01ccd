import { main } from './cli/main.ts'

// Packages, keys and the store are for nobody else.
process.umask(0o077)
// `obflow … | head` has seen enough.
for (const stream of [process.stdout, process.stderr])
  stream.on('error', (error) => {
    if ('code' in error && error.code === 'EPIPE') process.exit()
    throw error
  })
const code = await main(process.argv.slice(2), {
  env: process.env,
  cwd: process.cwd(),
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
})
// What a command left open must not keep it from ending.
if (code !== 0) process.exit(code)
