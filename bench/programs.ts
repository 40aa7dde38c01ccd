/** The programs of `make bench`, in its order; each prints one figure or several. */
export const programs: readonly {
  readonly name: string
  readonly file: string
  readonly args: readonly string[]
}[] = [
  { name: 'chain', file: 'engine.ts', args: ['--hosts', '1'] },
  { name: 'width', file: 'engine.ts', args: ['--hosts', '100,500,1554'] },
  { name: 'crowd', file: 'crowd.ts', args: [] },
  { name: 'install', file: 'install.ts', args: [] },
  { name: 'checks', file: 'checks.ts', args: [] },
  { name: 'package', file: 'package.ts', args: [] },
  { name: 'reads', file: 'reads.ts', args: [] },
  { name: 'start', file: 'start.ts', args: [] },
  { name: 'bounds', file: 'bounds.ts', args: [] },
]
