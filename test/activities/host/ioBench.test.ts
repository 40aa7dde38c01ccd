import { describe, expect, it } from 'vitest'
import { readBench } from '../../../src/oceanbase/observer/ioBench.ts'
import {
  type IoPoint,
  readIoResource,
  standardReads,
  writeIoResource,
} from '../../../src/oceanbase/observer/ioResource.ts'

const points: readonly IoPoint[] = [
  { ioType: 0, sizeBytes: 4096, iops: 139_979.75, latencyUs: 123.25 },
  { ioType: 0, sizeBytes: 16_384, iops: 68_895, latencyUs: 463.57 },
  { ioType: 1, sizeBytes: 2_097_152, iops: 553, latencyUs: 57_000 },
]

/** A line of fio's terse format, version 3, with these columns counted from 0. */
const terse = (name: string, columns: Readonly<Record<number, string>>): string =>
  [
    '3',
    'fio-3.33',
    name,
    ...Array.from({ length: 117 }, (_, index) => columns[index + 3] ?? '0'),
  ].join(';')

describe('io_resource.conf', () => {
  it('has the lines that observer reads', () => {
    expect(writeIoResource(points).split('\n')).toEqual([
      'version 1',
      'io_type io_size_byte io_ps io_rt_us',
      '0 4096 139979.75 123.25',
      '0 16384 68895.00 463.57',
      '1 2097152 553.00 57000.00',
      'submit_thread_cnt 1',
      'getevent_thread_cnt 5',
      '',
    ])
  })
  it('is read back as it was written', () => {
    expect(readIoResource(writeIoResource(points))).toEqual(points)
  })
  it('that is none gives no points', () => {
    expect(readIoResource('# empty')).toEqual([])
  })
  it('is read as ob_admin of 3.x writes it, columns padded', () => {
    // Source: kernel 3.1.5, ob_io_benchmark.cpp print_to_file; oceanbase-doc V3.1.5,
    // troubleshooting.
    const text = [
      'version 1',
      'io_type    io_size_byte    io_ps           io_rt_us  ',
      '0          4096            139979.75       123.25    ',
      '0          16384           68895.00        463.57    ',
      '1          2097152         553.00          57000.00  ',
      'submit_thread_cnt 1',
      'getevent_thread_cnt 5',
      '',
    ]
    expect(readIoResource(text.join('\n'))).toEqual(points)
  })
  it('is read as bench_io.sh of 4.x writes it, without a version', () => {
    // Source: kernel 4.2.5, tools/ob_admin/io_bench/bench_io.sh.
    const text = [
      'io_type    io_size_byte    io_ps           io_rt_us  ',
      '0          4096            139979.75       123.25    ',
      '0          16384           68895.00        463.57    ',
      '1          2097152         553.00          57000.00  ',
      '',
    ]
    expect(readIoResource(text.join('\n'))).toEqual(points)
  })
  it('has no point that could not be measured, which 4.x writes as 0', () => {
    const text =
      'io_type    io_size_byte    io_ps           io_rt_us  \n0          16384           0.00            0.00      \n'
    expect(readIoResource(text)).toEqual([])
  })
  it('judges a disk by the reads of 16 KB or the next larger ones', () => {
    expect(standardReads(points)?.iops).toBe(68_895)
    expect(standardReads(points.filter(({ sizeBytes }) => sizeBytes === 4096))).toBeUndefined()
  })
})

describe('an io bench', () => {
  it('by fio is read from its terse columns, reads first', () => {
    const said = [
      'fio',
      terse('write 2097152', { 48: '353', 80: '89809.06' }),
      terse('read 16384', { 7: '68895', 39: '463.57' }),
    ]
    expect(readBench(said.join('\n'))).toEqual({
      tool: 'fio',
      points: [
        { ioType: 0, sizeBytes: 16_384, iops: 68_895, latencyUs: 463.57 },
        { ioType: 1, sizeBytes: 2_097_152, iops: 353, latencyUs: 89_809.06 },
      ],
    })
  })
  it('by fio of a disk that took nothing gives no points', () => {
    expect(
      readBench(`fio\n${terse('write 2097152', {})}\n${terse('read 16384', {})}`).points,
    ).toEqual([])
  })
  it('by dd counts requests from bytes and seconds', () => {
    expect(readBench('dd\nwrite 2097152 67108864 0.5\nread 16384 67108864 2\n').points).toEqual([
      { ioType: 0, sizeBytes: 16_384, iops: 2048, latencyUs: 1e6 / 2048 },
      { ioType: 1, sizeBytes: 2_097_152, iops: 64, latencyUs: 15_625 },
    ])
  })
  it('by ob_admin is the file that it wrote', () => {
    expect(readBench(`ob_admin\n${writeIoResource(points)}`)).toEqual({ tool: 'ob_admin', points })
  })
  it('that failed gives no points', () => {
    expect(readBench('fio\nfio: destination does not support O_DIRECT').points).toEqual([])
  })
})
