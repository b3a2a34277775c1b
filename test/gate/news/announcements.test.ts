import { beforeEach, describe, expect, test } from 'vitest'
import { createAnnouncements } from '../../../src/gate/news/announcements.ts'
import { ago, inSeconds, now as noon } from '../memberships.ts'
import { boardInMemory } from './in-memory.ts'

let now: number
let told: number
let board: ReturnType<typeof boardInMemory>
let announcements: ReturnType<typeof createAnnouncements>
const open = () =>
  createAnnouncements({
    clock: () => new Date(now),
    board,
    onHeard: () => {
      told += 1
    },
  })
beforeEach(() => {
  now = noon
  told = 0
  board = boardInMemory()
  announcements = open()
})

/** Another replica announces a change at this instant of its own clock. */
const announced = (at: number) => void board.news.set('announced', { at, text: '', lifeMs: 1 })
async function heardAt(at: number): Promise<void> {
  now = at
  await announcements.hear()
}

describe('a change that another replica announces', () => {
  test('is none where there is nothing on the board', async () => {
    await announcements.hear()
    expect([announcements.announcedAt(), announcements.heardAt(), told]).toEqual([0, 0, 0])
  })

  test('counts as that replica dated it', async () => {
    announced(ago(1))
    await announcements.hear()
    expect(announcements.announcedAt()).toBe(ago(1))
  })

  test('counts as it is dated also where it is old when a replica first looks', async () => {
    announced(ago(3_600))
    await announcements.hear()
    expect(announcements.announcedAt()).toBe(ago(3_600))
  })

  test('is heard of once, by our own clock', async () => {
    await heardAt(noon)
    announced(ago(1))
    await heardAt(inSeconds(1))
    await heardAt(inSeconds(2))
    expect([announcements.heardAt(), told]).toEqual([inSeconds(1), 1])
  })

  test('is no older than the last look at which it was not there, less two seconds', async () => {
    await heardAt(noon)
    announced(ago(60))
    await heardAt(inSeconds(10))
    expect(announcements.announcedAt()).toBe(ago(2))
  })

  test('is no older than now, less two seconds, where our clock was set back since that look', async () => {
    await heardAt(noon)
    announced(ago(60))
    await heardAt(ago(30))
    expect(announcements.announcedAt()).toBe(ago(32))
  })

  test('takes back none that was dated later', async () => {
    announced(inSeconds(20))
    await heardAt(noon)
    announced(inSeconds(5))
    await heardAt(inSeconds(1))
    expect([announcements.announcedAt(), told]).toEqual([inSeconds(20), 2])
  })

  test('counts as it is dated up to half a minute ahead', async () => {
    announced(inSeconds(30))
    await announcements.hear()
    expect(announcements.announcedAt()).toBe(inSeconds(30))
  })

  test('counts from now where it is dated further ahead', async () => {
    announced(inSeconds(30) + 1)
    await announcements.hear()
    expect(announcements.announcedAt()).toBe(noon)
  })
})

describe('a change that this replica announces', () => {
  test('counts here at once', async () => {
    await announcements.announce()
    expect([announcements.announcedAt(), announcements.heardAt(), told]).toEqual([noon, noon, 1])
  })

  test('is on the board for a day, with nothing but its instant', async () => {
    await announcements.announce()
    expect(board.news.get('announced')).toEqual({ at: noon, text: '', lifeMs: 24 * 3_600_000 })
  })

  test('is heard of by another replica', async () => {
    await announcements.announce()
    const other = open()
    await other.hear()
    expect(other.announcedAt()).toBe(noon)
  })

  test('is dated after the one before it, whichever clock dated that one', async () => {
    announced(inSeconds(20))
    await announcements.announce()
    expect(announcements.announcedAt()).toBe(inSeconds(20) + 1)
  })
})
