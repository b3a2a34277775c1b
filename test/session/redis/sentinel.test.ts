import { expect, test } from 'vitest'
import { startSentinels } from '../../support/redis/redis-servers.ts'
import { sessionKeyOf } from '../../support/stored.ts'
import {
  everythingWorks,
  expectNobodySuffered,
  inShape,
  lastBadAt,
  patience,
  recovered,
  visitingDuring,
} from './shapes.ts'

const shape = inShape(startSentinels)

everythingWorks('on the master that sentinels name, one of them away', shape)

/** Waits until sentinels have chosen another master, which takes them longer on a busy machine. Returns when that was. */
const another = async (before: number) => {
  await expect.poll(shape.place.masterPort, { ...patience, timeout: 40_000 }).not.toBe(before)
  const chosenAt = performance.now()
  await shape.place.follow()
  return chosenAt
}

test('the house leaves the old master at once when an operator changes it, and no write is lost', async () => {
  const alice = await shape.house.visitor('alice')
  await shape.place.settled(3)
  const before = await shape.place.masterPort()
  const written: string[] = []
  let chosenAt = 0
  const seen = await visitingDuring(shape, alice, async () => {
    await shape.place.failOver()
    chosenAt = await another(before)
    await recovered(shape, alice)
    // The old master believes in itself for some seconds more, and writes that it takes meanwhile would be lost.
    for (let count = 0; count < 3; count++) written.push(sessionKeyOf(shape.house, await shape.house.visitor('ada')))
  })
  expectNobodySuffered(seen)
  expect(lastBadAt(seen) - chosenAt).toBeLessThan(8_000)
  const found = await Promise.all(written.map(key => shape.place.inspect.exists(key)))
  expect(found).toEqual([1, 1, 1])
  // The old master is out of the way: its keys do not count any more.
  shape.place.signal(before, 'SIGKILL')
}, 60_000)

const faults: [what: string, signal: NodeJS.Signals, replicas: number][] = [
  ['is killed', 'SIGKILL', 2],
  ['falls silent', 'SIGSTOP', 1],
]
test.each(faults)(
  'the master %s: another takes over, nobody is signed out, and it takes seconds',
  async (_what, signal, replicas) => {
    const alice = await shape.house.visitor('alice')
    await shape.place.settled(replicas)
    const before = await shape.place.masterPort()
    let chosenAt = 0
    const seen = await visitingDuring(shape, alice, async () => {
      shape.place.signal(before, signal)
      chosenAt = await another(before)
      await recovered(shape, alice)
    })
    expectNobodySuffered(seen)
    expect(lastBadAt(seen) - chosenAt).toBeLessThan(8_000)
  },
  60_000,
)

everythingWorks('and on the one that took over', shape)
