import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFile, cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { openAlone } from '../test/api/alone.ts'
import { startProxied } from '../test/labObserver/proxied.ts'

// Generates clients from the OpenAPI document as served, compiles them, and runs the programs of
// test/clients with them. And logs in with SQL clients of others through the lab's OBProxy.

const root = fileURLToPath(new URL('..', import.meta.url))
const tools = join(root, '.tools/clients')
const programs = join(root, 'test/clients')
const { values: options } = parseArgs({ options: { only: { type: 'string' } } })

await using api = await openAlone()
const { app, folder, password } = api
const document = join(folder, 'openapi.json')

/** One command, in a folder; its output is shown when it fails. */
async function run(
  cwd: string,
  env: Readonly<Record<string, string>>,
  command: string,
  ...args: string[]
): Promise<void> {
  const child = spawn(command, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const output: Buffer[] = []
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => output.push(chunk))
  const [code] = await once(child, 'close')
  if (code === 0) return
  throw new Error(`${command} ${args.join(' ')}\n${Buffer.concat(output).toString().slice(-4000)}`)
}

type Env = Readonly<Record<string, string>>
const tsc = join(tools, 'node/node_modules/.bin/tsc')
const python = join(tools, 'python/bin/python')
const generator = (cwd: string, language: string, ...args: string[]) =>
  run(
    cwd,
    {},
    'java',
    '-Xmx1g',
    '-jar',
    join(tools, 'java/openapi-generator-cli.jar'),
    'generate',
    '-i',
    document,
    '-g',
    language,
    ...args,
  )
/** Go as tools/setup.sh brings it. */
const go = (cwd: string, ...words: string[]) =>
  run(cwd, {}, 'bash', join(root, 'tools/go.sh'), ...words)
const program = (name: string, cwd: string) => copyFile(join(programs, name), join(cwd, name))

const compilerOptions = {
  target: 'es2022',
  module: 'nodenext',
  strict: true,
  noEmit: true,
  skipLibCheck: true,
  allowImportingTsExtensions: true,
  lib: ['es2022', 'dom'],
  types: ['node'],
}
async function typescript(cwd: string): Promise<void> {
  await writeFile(join(cwd, 'package.json'), '{"type":"module"}')
  await writeFile(join(cwd, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: [] }))
  await mkdir(join(cwd, 'node_modules/@types'), { recursive: true })
  for (const name of [
    'openapi-fetch',
    'openapi-typescript-helpers',
    '@types/node',
    'undici-types',
  ]) {
    await cp(join(root, 'node_modules', name), join(cwd, 'node_modules', name), { recursive: true })
  }
}

/** Logs in through an OBProxy and works with its cluster. */
const sqlClients: Readonly<Record<string, (cwd: string, env: Env) => Promise<void>>> = {
  async mysql(cwd, { PROXY_PORT = '', PROXY_USER = '', PROXY_PASSWORD = '' }) {
    const statement = 'SELECT zone FROM oceanbase.DBA_OB_SERVERS'
    const words = ['-h', '127.0.0.1', '-P', PROXY_PORT, '-u', PROXY_USER, '-e', statement]
    await run(cwd, { MYSQL_PWD: PROXY_PASSWORD }, 'mysql', ...words)
  },
  async PyMySQL(cwd, env) {
    await program('proxyLogin.py', cwd)
    await run(cwd, env, python, 'proxyLogin.py')
  },
  async 'oceanbase-client (JDBC)'(cwd, env) {
    await program('ProxyLogin.java', cwd)
    await run(cwd, env, 'java', '-cp', join(tools, 'java/oceanbase-client.jar'), 'ProxyLogin.java')
  },
}

/** Makes a client and its program in a folder, and runs it. */
const clients: Readonly<Record<string, (cwd: string, env: Env) => Promise<void>>> = {
  async 'openapi-typescript'(cwd, env) {
    await typescript(cwd)
    await program('openapiTypescript.ts', cwd)
    await run(
      cwd,
      {},
      join(tools, 'node/node_modules/.bin/openapi-typescript'),
      document,
      '-o',
      'api.d.ts',
    )
    await writeFile(
      join(cwd, 'tsconfig.json'),
      JSON.stringify({ compilerOptions, files: ['openapiTypescript.ts'] }),
    )
    await run(cwd, {}, tsc, '-p', '.')
    await run(cwd, env, process.execPath, 'openapiTypescript.ts')
  },
  async 'oapi-codegen'(cwd, env) {
    for (const file of ['go.mod', 'go.sum'])
      await copyFile(join(root, 'tools/clients', file), join(cwd, file))
    await mkdir(join(cwd, 'api'))
    await program('oapiCodegen.go', cwd)
    const args = ['-package', 'api', '-generate', 'types,client', '-o', 'api/api.go', document]
    await go(cwd, '--', join(tools, 'oapi-codegen'), ...args)
    await go(cwd, 'build', '-mod=mod', '-o', 'program', '.')
    await run(cwd, env, join(cwd, 'program'))
  },
  async 'openapi-python-client'(cwd, env) {
    const args = ['generate', '--path', document, '--output-path', 'client', '--overwrite']
    await run(cwd, {}, join(tools, 'python/bin/openapi-python-client'), ...args)
    await program('openapiPythonClient.py', cwd)
    await run(cwd, { ...env, PYTHONPATH: 'client' }, python, 'openapiPythonClient.py')
  },
  async go(cwd, env) {
    await generator(
      cwd,
      'go',
      '-o',
      'client',
      '--additional-properties=withGoMod=false,packageName=generated',
    )
    await writeFile(join(cwd, 'client/go.mod'), 'module obflow/generated\n\ngo 1.25\n')
    await writeFile(
      join(cwd, 'go.mod'),
      'module obflow/clients\n\ngo 1.25\n\nrequire obflow/generated v0.0.0\n\nreplace obflow/generated => ./client\n',
    )
    await program('openapiGenerator.go', cwd)
    await rm(join(cwd, 'client/test'), { recursive: true, force: true })
    await go(join(cwd, 'client'), 'mod', 'tidy')
    await go(cwd, 'mod', 'tidy')
    await go(cwd, 'build', '-o', 'program', '.')
    await run(cwd, env, join(cwd, 'program'))
  },
  async java(cwd, env) {
    await generator(cwd, 'java', '--library', 'native', '-o', '.')
    await copyFile(
      join(programs, 'OpenapiGenerator.java'),
      join(cwd, 'src/main/java/OpenapiGenerator.java'),
    )
    await run(
      cwd,
      {},
      'mvn',
      '--quiet',
      '--batch-mode',
      'compile',
      'dependency:build-classpath',
      '-Dmdep.outputFile=classpath',
    )
    const classpath = `target/classes:${(await readFile(join(cwd, 'classpath'), 'utf8')).trim()}`
    await run(cwd, env, 'java', '-cp', classpath, 'OpenapiGenerator')
  },
  async python(cwd, env) {
    await generator(cwd, 'python', '-o', 'client')
    await program('openapiGenerator.py', cwd)
    await run(cwd, { ...env, PYTHONPATH: 'client' }, python, 'openapiGenerator.py')
  },
  async 'typescript-fetch'(cwd, env) {
    await typescript(cwd)
    await generator(
      cwd,
      'typescript-fetch',
      '-o',
      'client',
      '--additional-properties=importFileExtension=.js',
    )
    await program('typescriptFetch.ts', cwd)
    const emitted = {
      ...compilerOptions,
      noEmit: false,
      allowImportingTsExtensions: false,
      outDir: 'out',
    }
    await writeFile(
      join(cwd, 'tsconfig.json'),
      JSON.stringify({ compilerOptions: emitted, files: ['typescriptFetch.ts'] }),
    )
    await run(cwd, {}, tsc, '-p', '.')
    await run(cwd, env, process.execPath, 'out/typescriptFetch.js')
  },
}

const { only } = options
const chosen = (known: typeof clients) =>
  Object.entries(known).filter(([name]) => only === undefined || only === name)

/** Runs one client after the other, and prints a line for each. */
async function tryAll(
  known: typeof clients,
  envOf: (name: string, index: number) => Env,
): Promise<void> {
  for (const [index, [name, make]] of chosen(known).entries()) {
    const cwd = join(folder, name.replace(/ .*/, ''))
    await mkdir(cwd)
    const began = Date.now()
    try {
      await make(cwd, envOf(name, index))
      console.log(`${name.padEnd(24)} ok, ${Math.round((Date.now() - began) / 1000)} s`)
    } catch (error) {
      process.exitCode = 1
      console.log(
        `${name.padEnd(24)} FAILED: ${error instanceof Error ? error.message : String(error)}`,
      )
    }
  }
}

const url = await app.listen({ host: '127.0.0.1', port: 0 })
if (chosen(clients).length + chosen(sqlClients).length === 0)
  throw new Error(`--only is one of ${Object.keys({ ...clients, ...sqlClients }).join(', ')}`)
await writeFile(document, await (await fetch(`${url}/api/v2/openapi.json`)).text())
await tryAll(clients, (name, index) => ({
  OBFLOW_URL: url,
  OBFLOW_PASSWORD: password,
  NAME: `of-${name}`,
  ADDRESS: `10.99.0.${index + 1}`,
}))
if (chosen(sqlClients).length > 0) {
  await using proxied = await startProxied()
  const { port, user, password: login } = proxied
  await tryAll(sqlClients, () => ({
    PROXY_PORT: String(port),
    PROXY_USER: user,
    PROXY_PASSWORD: login,
  }))
}
