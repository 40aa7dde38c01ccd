import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { catalog, type LabPackage } from '../../lab/packages/index.ts'
import real from '../../lab/packages/real.json' with { type: 'json' }
import { rootOf } from '../../lab/packages/spec.ts'
import { agentIn, layoutOf, obproxyIn } from '../../src/oceanbase/index.ts'
import { roleOf, setOf } from '../../src/oceanbase/packages.ts'
import { objectionToVersion } from '../../src/oceanbase/versions.ts'
import { terran } from './cluster.ts'

const versionParts = z.array(z.number())
/** What is public of a package: `paths` are relative to the prefix unless they begin with /. */
const realPackages = z
  .array(
    z.strictObject({
      name: z.string(),
      from: versionParts,
      before: versionParts,
      /** Absent where it is not known. */
      prefix: z.string().optional(),
      ownsPrefix: z.boolean().default(true),
      paths: z.array(z.string()),
      requires: z.array(z.string()),
      scripts: z.partialRecord(z.enum(['pre', 'post', 'preun', 'postun']), z.array(z.string())),
      example: z.string().optional(),
      source: z.string().min(1),
    }),
  )
  .parse(real)

const compare = (version: string, parts: readonly number[]): number => {
  const own = version.split('.').map(Number)
  const different = parts.findIndex((part, index) => (own[index] ?? 0) !== part)
  return different === -1 ? 0 : (own[different] ?? 0) - (parts[different] ?? 0)
}

type RealPackage = (typeof realPackages)[number]

const labPackagesOf = ({ name, from, before }: RealPackage): LabPackage[] =>
  catalog.filter(
    (item) =>
      item.name === name && compare(item.version, from) >= 0 && compare(item.version, before) < 0,
  )

/** What the lab needs to stand in for a program: its own code, the kernel, and its version. */
const labsOwn =
  /\/(lib\/(observer|mysql|obproxy|seekdb|package\.json)|lib$|etc\/lab_version|admin$)/

const filesOf = (item: LabPackage): string[] => [
  ...item.contents.map(({ at }) => `${rootOf(item)}/${at}`),
  ...(item.fixed ?? []).map(({ at }) => at),
]

const named = (chosen: readonly RealPackage[]) =>
  chosen.map((each) => [`${each.name} ${each.from.join('.')}`, each] as const)
const ofObserver = realPackages.filter(({ name }) => roleOf(name) !== undefined)
const servers = realPackages.filter(({ name }) => roleOf(name) === 'server')

const pathsOf = ({ paths, prefix }: RealPackage, version = ''): string[] =>
  paths
    .map((path) => (path.startsWith('/') ? path : `${prefix}/${path}`))
    .map((path) => path.replaceAll('VERSION', version))

describe.each(named(realPackages))('%s', (_, wanted) => {
  it('has a package in the lab with its prefix, files, requirements and scripts', () => {
    const built = labPackagesOf(wanted)
    expect(built.length).toBeGreaterThan(0)
    for (const item of built) {
      expect(item.prefix).toBe(wanted.prefix)
      expect(item.ownsRoot ?? true).toBe(wanted.ownsPrefix)
      expect(filesOf(item)).toEqual(expect.arrayContaining(pathsOf(wanted, item.version)))
      const needed = wanted.requires.map((need) => need.replace('VERSION', item.version))
      expect(item.requires ?? []).toEqual(expect.arrayContaining(needed))
      expect(Object.keys(item.scripts ?? {}).sort()).toEqual(Object.keys(wanted.scripts).sort())
      for (const [when, effects] of Object.entries(wanted.scripts)) {
        const shell = Object.entries(item.scripts ?? {}).find(([each]) => each === when)?.[1]
        for (const effect of effects.filter((each) => !each.startsWith('refuses ')))
          expect(shell).toContain(effect.replaceAll('VERSION', item.version))
      }
    }
  })
})

describe.each(named(ofObserver))('%s', (_, wanted) => {
  it('has nothing in the lab that the real one has not', () => {
    const known = pathsOf(wanted)
    for (const item of labPackagesOf(wanted)) {
      const others = filesOf(item).filter(
        (path) => !known.includes(path) && !labsOwn.test(path) && !path.includes('obflow-lab'),
      )
      expect(others).toEqual([])
    }
  })

  it('is supported by the product', () => {
    for (const { version } of labPackagesOf(wanted))
      expect(objectionToVersion(version)).toBeUndefined()
  })
})

describe.each(named(servers))('%s', (_, wanted) => {
  it('brings what the product starts', () => {
    expect(pathsOf(wanted)).toContain(layoutOf(terran()).observer)
  })

  it('forms a set with the packages that it needs', () => {
    const members = catalog.map((each) => ({
      ...each,
      architecture: 'x86_64',
      requires: each.requires ?? [],
      provides: each.provides ?? [],
    }))
    for (const item of labPackagesOf(wanted)) {
      const server = members.find(
        ({ name, version }) => name === item.name && version === item.version,
      )
      if (!server) throw new Error(`${item.name} ${item.version} is not in the catalog`)
      const { missing, packages } = setOf(server, members)
      expect(missing).toEqual([])
      expect(packages.map(({ name }) => name)).toEqual(
        wanted.name === 'oceanbase'
          ? ['oceanbase']
          : ['oceanbase-ce-libs', 'oceanbase-ce', 'oceanbase-ce-utils'],
      )
    }
  })
})

describe.each(named(realPackages.filter(({ name }) => roleOf(name) === undefined)))(
  '%s',
  (_, wanted) => {
    it('is found by the product where it lies, whatever its prefix', () => {
      const programs = pathsOf(wanted, '4.3.1.0').filter((path) => /\/bin\/[^/]+$/.test(path))
      const found = wanted.name.startsWith('obproxy')
        ? obproxyIn(programs)
        : agentIn(programs)?.home
      expect(found).toBe((programs[0] ?? '').replace(/\/bin\/[^/]+$/, ''))
      const control = programs.some((path) => path.endsWith('agentctl'))
      expect(agentIn(programs)?.control !== undefined).toBe(control)
    })
  },
)

it('every observer package of the lab is one that is known to be public, or said not to be', () => {
  const covered = realPackages.flatMap(labPackagesOf)
  const names = catalog.filter(({ name }) => name.startsWith('oceanbase'))
  expect(covered).toEqual(expect.arrayContaining(names))
})
