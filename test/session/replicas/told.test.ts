import { expect } from 'vitest'
import { createNotes } from '../../../src/session/replicas/notes.ts'
import { createTold } from '../../../src/session/replicas/told.ts'
import { createSeal } from '../../../src/session/sealing/seal.ts'
import type { House } from '../../support/house.ts'
import { testIn } from '../../support/test-in.ts'

const test = testIn()

/** The memory of two replicas over one Redis. */
function replicas(house: House) {
  const { redis, config } = house.services
  const made = () => createTold(createNotes({ redis, seal: createSeal(config.session.secrets), prefix: house.prefix }))
  return [made(), made()] as const
}
async function written(house: House, act: string, ranks: readonly number[]) {
  const [one, other] = replicas(house)
  const told: number[] = []
  for (const [index, rank] of ranks.entries())
    await (index % 2 ? one : other)(act, rank, async () => void told.push(rank))
  return told
}

test.for<[what: string, ranks: number[], told: number[]]>([
  ['each step is told', [0, 1, 2, 3], [0, 1, 2, 3]],
  ['the same step is told once', [0, 1, 1, 3, 3], [0, 1, 3]],
  ['nothing is told after the end', [0, 3, 1, 2, 3], [0, 3]],
  ['what is asked for anew is told anew', [0, 3, 0, 3], [0, 3, 0, 3]],
] as const)('%s, whichever replica finds it', async ([what, ranks, told], { house }) => {
  expect(await written(house, what, ranks)).toEqual(told)
})
test('two requests that find the same at the same moment write it once', async ({ house }) => {
  const [one, other] = replicas(house)
  let count = 0
  const write = async () => {
    count += 1
  }
  await Promise.all([one('both', 3, write), other('both', 3, write), one('both', 3, write)])
  expect(count).toBe(1)
})
test('a finding that could not be written is left to the request that finds it next', async ({ house }) => {
  const [one, other] = replicas(house)
  await one('lost', 1, async () => {})
  await expect(one('lost', 3, () => Promise.reject(new Error('no room')))).rejects.toThrow('no room')
  let isWritten = false
  await other('lost', 3, async () => {
    isWritten = true
  })
  expect(isWritten).toBe(true)
})
