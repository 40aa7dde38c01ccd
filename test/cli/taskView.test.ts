import { stripVTControlCharacters } from 'node:util'
import { describe, expect, test } from 'vitest'
import { renderTask } from '../../src/cli/taskView.ts'
import { columns } from '../../src/cli/text.ts'
import { after, createTask, done, failed, running } from './taskFixture.ts'

const plainView = { now: after(12.3), width: 90, color: false }
const slowDisk = {
  code: 'OBE11014',
  message: 'The disk reaches 512 IOPS, 1000 are needed.',
  advice: 'Use a faster disk.',
  host: '10.0.0.2',
}
const failing = (hosts: number) =>
  createTask(
    hosts,
    ({ name, parallelIdx }) => {
      if (name === 'Do io bench') return parallelIdx === 1 ? failed(3, 5, slowDisk) : done(3, 4)
      return [
        'Prepare install cluster',
        'Pre check for install OB',
        'Install rpm',
        'Make dir for ob',
        'Wait node',
      ].includes(name)
        ? done(1, 3)
        : {}
    },
    { status: 'FAILED' },
  )

describe('the terminal view of a run', () => {
  test('shows every kind of node once, in the order of the plan', () => {
    const lines = renderTask(createTask(1), plainView)
    const names = lines.map((line) => line.trim().slice(2).trim())
    expect(names.indexOf('Prepare install cluster')).toBeLessThan(names.indexOf('Bootstrap ob'))
    expect(names.indexOf('Bootstrap ob')).toBeLessThan(names.indexOf('Link obproxy'))
    expect(names.filter((name) => name === 'Bootstrap ob')).toHaveLength(1)
  })

  test('keeps that order when the API lists subtasks by id of another order', () => {
    const task = createTask(3, undefined)
    expect(renderTask({ ...task, subtasks: task.subtasks.toReversed() }, plainView)).toEqual(
      renderTask(task, plainView),
    )
  })

  test('counts what is done and how long it took', () => {
    const task = createTask(3, ({ name }) =>
      name === 'Prepare install cluster' ? done(0, 1.9) : {},
    )
    const lines = renderTask(task, plainView)
    expect(lines[0]).toBe('Create primary OB cluster · terran · task 1000')
    expect(lines[1]).toMatch(/^━─+ {2}1\/35 {2}12\.3 s {2}RUNNING$/)
    expect(lines[3]).toMatch(/✔ Prepare install cluster\s+1\.9 s/)
  })

  test('gives each of a few hosts its line once their stage has begun', () => {
    const task = createTask(3, ({ name, parallelIdx }) =>
      name === 'Install rpm' ? (parallelIdx === 0 ? done(2, 3) : running(2)) : {},
    )
    const text = renderTask(task, plainView).join('\n')
    expect(text).toMatch(
      /▶ Install rpm\s+1\/3 hosts\s+10\.3 s\n\s+✔ 10\.0\.0\.1\s+1\.0 s\n\s+▶ 10\.0\.0\.2\s+10\.3 s\n\s+▶ 10\.0\.0\.3/,
    )
    expect(text).toMatch(/○ Make dir for ob\s+0\/3 hosts\n {2}○ Wait node/)
  })

  test('names of many hosts only those where something happens', () => {
    const lines = renderTask(failing(40), plainView)
    expect(lines.filter((line) => /^ +. 10\.0\.0\./.test(line))).toEqual([
      expect.stringContaining('✖ 10.0.0.2'),
    ])
    expect(lines.join('\n')).toMatch(/✔ Install rpm\s+40\/40 hosts/)
  })

  test('says of a subtask that is tried again how the last attempt failed', () => {
    const lastMessage = 'cannot connect to host 10.0.0.1:22: connect EHOSTUNREACH'
    const retried = { ...running(1), attempt: 12, lastMessage }
    const one = createTask(1, ({ name }) => (name === 'Install rpm' ? retried : {}))
    expect(renderTask(one, plainView).join('\n')).toContain(`attempt 11 failed: ${lastMessage}`)
    const wide = createTask(3, ({ name, parallelIdx }) =>
      name === 'Install rpm' && parallelIdx === 1 ? retried : {},
    )
    expect(renderTask(wide, plainView).join('\n')).toContain('attempt 11 failed: cannot connect')
    const done = { ...retried, status: 'SUCCESSFUL' } as const
    expect(
      renderTask(
        createTask(1, () => done),
        plainView,
      ).join('\n'),
    ).not.toContain('attempt')
  })

  test('says why a subtask failed, what to do, and which commands mend it', () => {
    const text = renderTask(failing(3), plainView).join('\n')
    expect(text).toContain(
      '✖ Do io bench on 10.0.0.2\n    OBE11014: The disk reaches 512 IOPS, 1000 are needed.\n    Use a faster disk.',
    )
    expect(text).toMatch(
      /obflow task log 1000 (\d+)\n +obflow task retry 1000 \1\n +obflow task skip 1000 \1\n/,
    )
    expect(text).toMatch(/ obflow task retry 1000 +runs again/)
    expect(text).toMatch(/ obflow task rollback 1000 +takes back/)
  })

  test.each([
    ['OBE11014', 'obe11014'],
    [11014, 'obe11014'],
    ['OBD-1007', 'obd-1007'],
    [1007, 'obd-1007'],
  ])('leads from code %s to its section of the operator’s guide', (code, section) => {
    const cause = { ...slowDisk, code }
    const task = createTask(1, ({ name }) => (name === 'Do io bench' ? failed(0, 1, cause) : {}))
    const url = 'https://obflow.example.com'
    expect(renderTask(task, { ...plainView, url }).join('\n')).toContain(
      `Use a faster disk.\n    ${url}/api/v2/docs/codes#${section}\n`,
    )
  })

  test('keeps the lines of a cause that has several', () => {
    const cause = { ...slowDisk, message: 'two findings:\n  CMP07050 disk\n  CMP07021 clock' }
    const task = createTask(
      1,
      ({ name }) => (name === 'Pre check for install OB' ? failed(0, 1, cause) : {}),
      { status: 'FAILED' },
    )
    expect(renderTask(task, plainView).join('\n')).toContain(
      'two findings:\n      CMP07050 disk\n      CMP07021 clock\n',
    )
  })

  test('offers no skip where the plan forbids it', () => {
    const task = createTask(
      1,
      ({ name }) => (name === 'Prepare install cluster' ? failed(0, 1, slowDisk) : {}),
      {
        status: 'FAILED',
      },
    )
    expect(renderTask(task, plainView).join('\n')).not.toContain('task skip')
  })

  test('tells skipped and rolled back from done and waiting', () => {
    const task = createTask(1, ({ name }) => {
      if (name === 'Do io bench') return { ...done(1, 2), operation: 'SKIP' }
      return name === 'Bootstrap ob' ? { status: 'PENDING', operation: 'ROLLBACK' } : {}
    })
    const text = renderTask(task, plainView).join('\n')
    expect(text).toContain('↷ Do io bench')
    expect(text).toContain('↶ Bootstrap ob')
  })

  test.each([
    [3, 24],
    [40, 24],
    [3, 12],
  ])('of %i hosts fits %i rows, with the failure in sight', (hosts, height) => {
    const lines = renderTask(failing(hosts), { ...plainView, height })
    expect(lines.length).toBeLessThanOrEqual(Math.max(height, 18))
    expect(lines.join('\n')).toContain('✖ Do io bench on 10.0.0.2')
  })

  test.each([40, 60, 100])('never leaves its %i columns', (width) => {
    const lines = renderTask(
      createTask(3, () => running(1)),
      { now: after(5), width, color: true },
    )
    for (const line of lines)
      expect(columns(stripVTControlCharacters(line))).toBeLessThanOrEqual(width)
  })

  test('prints no escape sequence without colour, nor one that came in a message', () => {
    const task = createTask(1, ({ name }) =>
      name === 'Install rpm'
        ? failed(1, 2, {
            code: 'X',
            message: 'rpm said \u001b[31mno\u001b[0m\r\nand left',
            advice: null,
          })
        : {},
    )
    const text = renderTask(task, plainView).join('\n')
    expect(text).not.toContain('\u001b')
    expect(text).toContain('rpm said no\n    and left')
  })
})
