import { once } from 'node:events'
import { realpathSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { makeObserver, places, query, removeObservers } from './observers.ts'

afterAll(removeObservers)

const [place] = places(['zone1'], 23881)
if (!place) throw new Error('one place expected')
const fresh = (version = '4.2.1.8') => makeObserver(place, [place], version)

describe('an observer refuses to start and says why in its log', () => {
  it('when a store folder of its line is missing', async () => {
    const observer = fresh('3.2.4.1')
    rmSync(join(observer.home, 'store/ilog'), { recursive: true })
    const { code, log } = await observer.startRefused()
    expect(code).toBe(1)
    expect(log).toMatch(/ERROR \[SERVER\].*store\/ilog' does not exist\(ret=-4009\)/)
  })

  it('but not for ilog on the 4.x line, which has none', async () => {
    const observer = fresh()
    rmSync(join(observer.home, 'store/ilog'), { recursive: true })
    await observer.start()
    await observer.kill('SIGTERM')
  })

  it('when its SQL port is taken', async () => {
    const holder = createServer().listen(place.sqlPort, place.ip)
    const { code, log } = await fresh().startRefused()
    holder.close()
    expect(code).toBe(1)
    expect(log).toContain('address already in use(ret=-4004)')
  })

  it('when memory_limit leaves no room for a smallest pool', async () => {
    const { code, log } = await fresh().startRefused({ options: ',system_memory=5G' })
    expect(code).toBe(1)
    expect(log).toMatch(/update observer memory config failed\(.*\)\(ret=-4147\)/)
  })

  it('when the disk shown has less room than a data file by default takes', async () => {
    const observer = fresh()
    const disks = `${observer.home}/disks`
    const store = `${realpathSync(observer.home)}/store`
    writeFileSync(disks, `${store} /dev/x ${200 << 20} ${21 << 20}\n`)
    const { log } = await observer.startRefused({
      options: ',datafile_size=0,log_disk_size=0',
      env: { OBFLOW_LAB_DISKS: disks },
    })
    // 60 % and 30 % of 200 GiB, of which a little more than a tenth is used.
    expect(log).toMatch(/Server out of disk space.*free=192199786496\)\(ret=-4184\)/)
  })

  it('when -I is given to a version that has only -i', async () => {
    const { code } = await fresh('2.2.73').startRefused({ flags: ['-I', place.ip] })
    expect(code).toBe(1)
  })

  it('when the device does not exist', async () => {
    const { log } = await fresh('3.2.4.1').startRefused({ flags: ['-i', 'eth77'] })
    expect(log).toContain("devname 'eth77' failed")
  })

  it('when another observer runs on its home', async () => {
    const observer = fresh()
    await observer.start()
    const first = observer.process()
    const { code, log } = await observer.startRefused()
    const gone = once(first, 'exit')
    first.kill('SIGTERM')
    await gone
    expect(code).toBe(1)
    expect(log).toContain('another observer is running on this home')
  })
})

describe('an observer that has started', () => {
  // Source: oceanbase 3.1 deps/oblib/src/lib/io/ob_io_benchmark.cpp; no file of 4.x reads it.
  it.each([
    ['3.2.4.1', true],
    ['4.2.1.8', false],
  ])('of %s has looked for io_resource.conf: %s', async (version, looks) => {
    const observer = fresh(version)
    await observer.start()
    await observer.kill('SIGTERM')
    expect(observer.log().includes('io_resource.conf')).toBe(looks)
  })

  it('only warned of a parameter that it does not know', async () => {
    const observer = fresh()
    await observer.start({ options: ',memory_limits=12G' })
    await observer.kill('SIGTERM')
    expect(observer.log()).toMatch(
      /WARN +\[SHARE\].*no such config item.*name="?memory_limits.*value="?12G/,
    )
  })

  it('starts again without flags from what it persisted, and keeps its config copies', async () => {
    const observer = fresh()
    // It serves a moment before it says so.
    const listening = () => observer.log().match(/observer is listening/g)
    await observer.start({ options: ',config_additional_dir=etc2;etc3' })
    await expect.poll(listening).toHaveLength(1)
    await observer.kill('SIGTERM')
    await observer.start({ noFlags: true })
    await expect(query(observer, 'SELECT 1 AS one')).resolves.toEqual([{ one: '1' }])
    await expect.poll(listening).toHaveLength(2)
  })
})
